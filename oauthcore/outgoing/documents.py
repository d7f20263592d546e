"""Reading a JSON document at an https URL of a stranger, safely (no SSRF).

The connection goes to a checked address, and the certificate is verified against the name. Redirects are not
followed, and proxies of the environment are not used. The whole fetch has limits of time and size: the socket
checks the remaining time before each read.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from oauthcore.outgoing.names import NotFetched, addresses_of
from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.wire import strict_json
from oauthcore.rules.wire.freshness import seconds_fresh
from oauthcore.rules.wire.https_urls import HttpsURL
from oauthcore.rules.wire.networks import Address

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse
    from urllib3.connection import HTTPSConnection

#: The time limit from the lookup of the name to the last byte.
SECONDS_IN_ALL = 3.0
LARGEST = 8 * 1024
#: How many addresses of a name are tried.
_MOST_ADDRESSES = 3

_JSON_SUFFIX = re.compile(r"application/[^/\s]+\+json\Z")

_until: ContextVar[float] = ContextVar("oauthcore_outgoing_until")


@dataclass(frozen=True)
class Fetched:
    """A document that was read, and its headers about caching."""

    content: Any
    body: bytes = field(repr=False)
    headers: Mapping[str, str]

    def seconds_fresh(self, *, now: datetime, least: int, most: int) -> int:
        """Return for how many seconds it may be cached, between ``least`` and ``most``."""
        return seconds_fresh(
            cache_control=self.headers.get("cache-control", ""),
            expires=self.headers.get("expires"),
            age=self.headers.get("age"),
            now=now,
            least=least,
            most=most,
        )


class _TimedSocket(ssl.SSLSocket):
    """A TLS socket whose steps share one time limit."""

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(_left())
        super().do_handshake(block)

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_left())
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_left())
        return super().send(*args, **kwargs)


def fetch(url: HttpsURL, *, largest: int = LARGEST) -> Fetched:
    """Return the JSON document at a URL; raise NotFetched, which says why there is none.

    It blocks for up to ``SECONDS_IN_ALL`` seconds. Never call it inside a transaction.
    """
    if find_spec("urllib3") is None:
        raise NotFetched("This site reads no documents of others.")
    from urllib3.exceptions import HTTPError

    token = _until.set(time.monotonic() + SECONDS_IN_ALL)
    try:
        addresses = addresses_of(url, until=_until.get())
        with closing(_connected(url, addresses[:_MOST_ADDRESSES])) as connection:
            return _read(connection, url, largest)
    except (OSError, HTTPError, HTTPException) as error:
        raise NotFetched(_in_words(error)) from None
    finally:
        _until.reset(token)


def _connected(url: HttpsURL, addresses: list[Address]) -> HTTPSConnection:
    """Return a connection to the first address that accepts it."""
    from urllib3.exceptions import HTTPError

    for address in addresses:
        connection = _connection(url, address)
        try:
            connection.connect()
        except (OSError, HTTPError):
            connection.close()
            if address is addresses[-1]:
                raise
        else:
            return connection
    raise OSError("there is no address")


def _connection(url: HttpsURL, address: Address) -> HTTPSConnection:
    """Return a connection to one address; it verifies the certificate against the name."""
    from urllib3.connection import HTTPSConnection

    context = ssl.create_default_context()
    context.sslsocket_class = _TimedSocket
    return HTTPSConnection(
        str(address), url.port, timeout=_left(), ssl_context=context, server_hostname=url.host
    )


def _read(connection: HTTPSConnection, url: HttpsURL, largest: int) -> Fetched:
    headers = {
        "Host": url.shown_host,
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "oauthcore",
        "Connection": "close",
    }
    connection.request("GET", url.target, headers=headers, preload_content=False, decode_content=False)
    with closing(connection.getresponse()) as response:
        _check_head(response, largest)
        body = _body(response, largest)
    try:
        content = strict_json.loads(body)
    except InvalidRequest as refusal:
        raise NotFetched(refusal.description) from None
    return Fetched(content, body, {name.lower(): value for name, value in response.headers.items()})


def _body(response: BaseHTTPResponse, largest: int) -> bytes:
    """Return the whole body. Reading to its end finds out whether it is shorter than its stated length."""
    body = b""
    while len(body) <= largest and (part := response.read(largest + 1 - len(body), decode_content=False)):
        body += part
    if len(body) > largest:
        raise NotFetched(f"The document has more than {largest} bytes.")
    return body


def _check_head(response: BaseHTTPResponse, largest: int) -> None:
    if response.status != 200:
        raise NotFetched(f"The answer has the status {response.status}, not 200; redirects are not followed.")
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not (media_type == "application/json" or _JSON_SUFFIX.match(media_type)):
        raise NotFetched("The answer is not application/json.")
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise NotFetched("The answer is compressed.")
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and (len(length) > 9 or int(length) > largest):
        raise NotFetched(f"The document has more than {largest} bytes.")


def _left() -> float:
    """Return the remaining seconds; raise TimeoutError if none remain."""
    left = _until.get() - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _in_words(error: BaseException) -> str:
    """Return an error in words that the developer of a client may read."""
    from urllib3.exceptions import NewConnectionError
    from urllib3.exceptions import TimeoutError as SlowAnswer

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "The certificate of the host is not valid for its name."
        if isinstance(cause, TimeoutError | SlowAnswer) and not isinstance(cause, NewConnectionError):
            return f"The document was not read within {SECONDS_IN_ALL:g} seconds."
        cause = cause.__cause__ or cause.__context__
    return "The host does not answer as a server with https does."
