"""Requests written byte by byte, and the answers to them."""

from __future__ import annotations

import json
import select
import socket
from dataclasses import dataclass
from http.client import HTTPResponse, RemoteDisconnected
from urllib.parse import urlsplit

from tests.support.serving.served import Site

PATIENCE_SECONDS = 20
_PIECE = 64 * 1024
#: How long to wait for an answer behind each piece of a body that nobody may want.
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Answer:
    """The first answer on a connection, and how much of the body was sent before it came."""

    status: int
    content_type: str
    request_id: str | None
    body: bytes
    sent: int = 0

    @property
    def error(self) -> str:
        """The error code."""
        return str(json.loads(self.body)["error"])


def head(site: Site, *lines: str, host: str | None = None) -> bytes:
    """Return the head of a request: the first line, ours, and the other lines."""
    said = [lines[0], f"Host: {host or urlsplit(site.url).netloc}", *lines[1:], "Connection: close", "", ""]
    return "\r\n".join(said).encode("latin-1")


def connect(site: Site) -> socket.socket:
    """Return a connection to the site."""
    at = urlsplit(site.url)
    return socket.create_connection((at.hostname, at.port), timeout=PATIENCE_SECONDS)


def send(
    site: Site,
    *lines: str,
    body: str | bytes = "",
    host: str | None = None,
    then_hang_up: bool = False,
) -> Answer | None:
    """Send a head and a body as they are, and return the answer, or None where the server just hangs up."""
    with connect(site) as connection:
        sent = body if isinstance(body, bytes) else body.encode("latin-1")
        connection.sendall(head(site, *lines, host=host) + sent)
        if then_hang_up:
            connection.shutdown(socket.SHUT_WR)
        return answer_on(connection)


def send_until_answered(site: Site, *lines: str, size: int) -> Answer | None:
    """Send a body of so many zeros piece by piece, and stop when there is an answer."""
    sent = 0
    with connect(site) as connection:
        connection.sendall(head(site, *lines))
        while sent < size and not select.select([connection], [], [], _PAUSE_SECONDS)[0]:
            sent += connection.send(b"\0" * _PIECE)
        return answer_on(connection, sent)


def answer_on(connection: socket.socket, sent: int = 0) -> Answer | None:
    """Read an answer, or return None where the server hangs up without one."""
    with HTTPResponse(connection) as response:
        try:
            response.begin()
        except (RemoteDisconnected, ConnectionResetError):
            return None
        return Answer(
            response.status,
            response.headers.get("Content-Type", ""),
            response.headers.get("Request-Id"),
            response.read(),
            sent,
        )


def assert_refused(answer: Answer | None) -> None:
    """Whoever refuses it: 4xx, or 501 for a transfer coding the server does not know (RFC 9112 §6.1)."""
    assert answer is not None
    if answer.request_id is None:
        assert 400 <= answer.status < 500 or answer.status == 501
    else:
        assert 400 <= answer.status < 500
        assert answer.content_type == "application/json"
        assert answer.error
