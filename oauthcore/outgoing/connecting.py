"""Connections to addresses that strangers name, safely (no SSRF).

The connection goes to a checked address, and the certificate is verified against the name. Redirects are not
followed, and proxies of the environment are not used. The whole exchange has a time limit: the socket checks
the remaining time before each read.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from http.client import HTTPException
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from oauthcore.outgoing.names import NotFetched, addresses_of
from oauthcore.rules.wire.https_urls import HttpsURL
from oauthcore.rules.wire.networks import Address, Network

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

#: How many addresses of a name are tried.
_MOST_ADDRESSES = 3

_until: ContextVar[float] = ContextVar("oauthcore_outgoing_until")


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


def is_possible() -> bool:
    """Return whether the package that sends requests is installed (the extra ``documents``)."""
    return find_spec("urllib3") is not None


@contextmanager
def connected(
    url: HttpsURL,
    *,
    seconds: float,
    is_of_document: bool = True,
    is_strangers: bool = False,
    networks: Collection[Network] = (),
) -> Iterator[HTTPConnection]:
    """Connect to the host of a URL for one request. The block may raise NotFetched, and errors of HTTP.

    All of it has ``seconds``. ``is_of_document`` applies the setting for the hosts of documents. Private
    ``networks`` are allowed too. ``is_strangers`` is as for ``addresses_of``. Raises NotFetched, which says
    why there is no answer.
    """
    if not is_possible():
        raise NotFetched("This site sends no requests to other servers.")
    from urllib3.exceptions import HTTPError

    token = _until.set(time.monotonic() + seconds)
    try:
        addresses = addresses_of(
            url,
            until=_until.get(),
            is_of_document=is_of_document,
            is_strangers=is_strangers,
            networks=networks,
        )
        with closing(_connected(url, addresses[:_MOST_ADDRESSES])) as connection:
            yield connection
    except (OSError, HTTPError, HTTPException) as error:
        raise NotFetched(_in_words(error, seconds=seconds, is_encrypted=url.is_encrypted)) from None
    finally:
        _until.reset(token)


def _connected(url: HttpsURL, addresses: list[Address]) -> HTTPConnection:
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


def _connection(url: HttpsURL, address: Address) -> HTTPConnection:
    """Return a connection to one address; with TLS it verifies the certificate against the name."""
    from urllib3.connection import HTTPConnection, HTTPSConnection

    if not url.is_encrypted:
        return HTTPConnection(str(address), url.port, timeout=_left())
    context = ssl.create_default_context()
    context.sslsocket_class = _TimedSocket
    return HTTPSConnection(
        str(address), url.port, timeout=_left(), ssl_context=context, server_hostname=url.host
    )


def _left() -> float:
    """Return the remaining seconds; raise TimeoutError if none remain."""
    left = _until.get() - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _in_words(error: BaseException, *, seconds: float, is_encrypted: bool) -> str:
    """Return an error in words that the developer of a client may read."""
    from urllib3.exceptions import NewConnectionError
    from urllib3.exceptions import TimeoutError as SlowAnswer

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "The certificate of the host is not valid for its name."
        if isinstance(cause, TimeoutError | SlowAnswer) and not isinstance(cause, NewConnectionError):
            return f"The answer was not complete within {seconds:g} seconds."
        cause = cause.__cause__ or cause.__context__
    return f"The host does not answer as a server with {'https' if is_encrypted else 'http'} does."
