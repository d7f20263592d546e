"""The site itself, asked over the network at the issuer's address, as anybody else would ask it.

Where that cannot be reached, Django's test client asks the same in this process, past server and proxy.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Protocol
from urllib.parse import urlsplit

from oauthcore.addresses import host, origin

#: How long a connection and each part of an answer may take, and how long a whole answer.
_SECONDS = 5.0
_SECONDS_IN_ALL = 10.0
_LARGEST = 256 * 1024


class NotReached(Exception):
    """The site does not answer. The text says why; ``is_certificate`` if its certificate is not valid."""

    def __init__(self, why: str, *, is_certificate: bool = False) -> None:
        super().__init__(why)
        self.is_certificate = is_certificate


@dataclass(frozen=True)
class Answer:
    """An answer of the site. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False, default=b"")
    cookies: Mapping[str, str] = field(repr=False, default_factory=dict)

    def header(self, name: str) -> str:
        """Return a header, or an empty text."""
        return self.headers.get(name.lower(), "")

    @property
    def is_json(self) -> bool:
        """Whether it says that it is JSON."""
        return self.header("Content-Type").partition(";")[0].strip().lower() == "application/json"


class Site(Protocol):
    """A way to ask the site."""

    @property
    def is_network(self) -> bool:
        """Whether requests pass everything that those of other people pass."""

    def ask(
        self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: str = ""
    ) -> Answer:
        """Return the answer at a path, or raise NotReached. No redirect is followed."""


class OverNetwork:
    """Asks at the issuer's address. Proxies of the environment are not used."""

    is_network = True

    def __init__(self) -> None:
        self.certificate_ends_at: datetime | None = None

    def ask(
        self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: str = ""
    ) -> Answer:
        """Return the answer at a path, or raise NotReached."""
        until = time.monotonic() + _SECONDS_IN_ALL
        sent = {"User-Agent": "oauthcore_doctor", "Connection": "close", **(headers or {})}
        try:
            with closing(self._connection()) as connection:
                connection.request(method, path, body=body or None, headers=sent)
                self._note_certificate(connection)
                response = connection.getresponse()
                return _answer(response, _body(response, until))
        except ssl.SSLCertVerificationError as error:
            raise NotReached(str(error.verify_message), is_certificate=True) from None
        except (OSError, HTTPException) as error:
            raise NotReached(f"{type(error).__name__}: {_words(error)}") from None

    def _connection(self) -> HTTPConnection:
        if origin().startswith("https://"):
            return HTTPSConnection(host(), timeout=_SECONDS, context=ssl.create_default_context())
        return HTTPConnection(host(), timeout=_SECONDS)

    def _note_certificate(self, connection: HTTPConnection) -> None:
        if isinstance(connection.sock, ssl.SSLSocket):
            certificate = connection.sock.getpeercert() or {}
            seconds = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
            self.certificate_ends_at = datetime.fromtimestamp(seconds, UTC)


def _body(response: HTTPResponse, until: float) -> bytes:
    body = b""
    while len(body) < _LARGEST and (part := response.read1(_LARGEST - len(body))):
        body += part
        if time.monotonic() > until:
            raise TimeoutError("the answer takes too long")
    return body


def _answer(response: HTTPResponse, body: bytes) -> Answer:
    cookies = {}
    for line in response.headers.get_all("Set-Cookie") or ():
        name, _, value = line.partition(";")[0].partition("=")
        cookies[name.strip()] = value
    return Answer(
        response.status, {name.lower(): value for name, value in response.headers.items()}, body, cookies
    )


def _words(error: BaseException) -> str:
    return getattr(error, "strerror", None) or "no answer in time"


@contextmanager
def _without_logs() -> Iterator[None]:
    """Keep the lines of this process's own requests away from the page that is printed."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


class ThroughHandler:
    """Asks Django in this process. No server and no proxy takes part."""

    is_network = False

    def ask(
        self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: str = ""
    ) -> Answer:
        """Return the answer at a path. A view that fails answers as it would on the site."""
        from django.test import Client

        parts = urlsplit(origin())
        sent = {"Host": host(), "User-Agent": "oauthcore_doctor", **(headers or {})}
        client = Client(raise_request_exception=False)
        with _without_logs():
            response = client.generic(
                method,
                path,
                data=body,
                secure=parts.scheme == "https",
                headers=sent,
                SERVER_NAME=parts.hostname,
            )
        names = {name.lower(): value for name, value in response.headers.items()}
        content = b"" if response.streaming else response.content
        response.close()  # a file, if it is one
        return Answer(response.status_code, names, content)
