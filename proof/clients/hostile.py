"""Clients that do not keep to HTTP, or take all the time in the world."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from proof.clients.sending import Sender

_PATIENCE_SECONDS = 15
#: Between two bytes of a slow client.
_PAUSE_SECONDS = 0.3
_FORM = "Content-Type: application/x-www-form-urlencoded"
_BODY = "grant_type=client_credentials"
_HEADER = 64 * 1024


class RawClient:
    """Sends bytes to a site as they are. ``address`` is that of the client, as a proxy would say it."""

    def __init__(self, url: str, *, address: str) -> None:
        at = urlsplit(url)
        self._at = (at.hostname or "127.0.0.1", at.port or 80)
        self._address = address

    def head(self, *lines: str, path: str = "/oauth/token", method: str = "POST") -> bytes:
        """Return the head of a request without the empty line at its end."""
        said = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self._at[0]}",
            f"X-Forwarded-For: {self._address}",
            *lines,
        ]
        return "\r\n".join(said).encode("latin-1")

    def connect(self) -> socket.socket:
        """Return a connection."""
        return socket.create_connection(self._at, timeout=_PATIENCE_SECONDS)

    def status_of(self, sent: bytes, *, hangs_up: bool = False) -> int | None:
        """Send it; return the status of the answer, 0 if there was none, None if it never came."""
        try:
            with self.connect() as connection:
                with contextlib.suppress(OSError):  # the server may have answered and closed already
                    connection.sendall(sent)
                    if hangs_up:
                        connection.shutdown(socket.SHUT_WR)
                line = connection.recv(64 * 1024).split(b"\r\n", 1)[0].split(b" ")
        except TimeoutError:
            return None
        except OSError:
            return 0
        return int(line[1]) if len(line) > 1 else 0


def broken_requests(client: RawClient) -> dict[str, Callable[[], int | None]]:
    """Return requests that no decent client sends, by what is wrong with each."""
    end, close = b"\r\n\r\n", "Connection: close"
    chunk = f"{len(_BODY):x}\r\n{_BODY}\r\n0\r\n\r\n".encode()  # without credentials: nobody reads the answer

    def with_lengths(*lengths: str, body: bytes = _BODY.encode() + end) -> Callable[[], int | None]:
        return lambda: client.status_of(client.head(_FORM, *lengths, close) + end + body, hangs_up=True)

    chunked = "Transfer-Encoding: chunked"
    return {
        "chunks": with_lengths(chunked, body=chunk),
        "chunks that are none": with_lengths(chunked),
        "a chunk that never ends": with_lengths(chunked, body=b"ffffffff\r\nx"),
        "length and chunks": with_lengths(f"Content-Length: {len(_BODY)}", chunked),
        "two lengths": with_lengths(f"Content-Length: {len(_BODY)}", "Content-Length: 3"),
        "a length that is too short": with_lengths("Content-Length: 7"),
        "a length that is too long": with_lengths("Content-Length: 5000"),
        "a huge length": with_lengths("Content-Length: 99999999999999999999"),
        "a negative length": with_lengths("Content-Length: -1"),
        "a large header": lambda: client.status_of(
            client.head(f"Authorization: Bearer {'x' * _HEADER}", close, path="/v1/me", method="GET") + end
        ),
        "many headers": lambda: client.status_of(
            client.head(*[f"X-{number}: {'y' * 600}" for number in range(110)], close) + end
        ),
    }


@dataclass
class Held:
    """The most connections at once to which the server still listened a moment after they were made."""

    most: int = 0


@contextmanager
def slow_clients(client: RawClient, how_many: int) -> Iterator[Held]:
    """Hold so many connections whose requests never get ready: a byte of the head or the body at a time."""
    is_over, seen = threading.Event(), Held()
    thread = threading.Thread(target=_drip, args=(client, how_many, is_over, seen), daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join()


def _drip(client: RawClient, how_many: int, is_over: threading.Event, seen: Held) -> None:
    held: list[socket.socket] = []
    try:
        while not is_over.is_set():
            with contextlib.suppress(OSError):  # the server takes no more: the others come after the pause
                while len(held) < how_many and not is_over.is_set():
                    held.append(client.connect())
                    held[-1].sendall(_beginning(client, len(held)))
            is_over.wait(_PAUSE_SECONDS)
            for one in list(held):
                try:
                    one.sendall(b"a")
                except OSError:  # the server has had enough; another one comes
                    one.close()
                    held.remove(one)
            seen.most = max(seen.most, sum(map(_is_open, held)))
    finally:
        for one in held:
            one.close()


def _is_open(connection: socket.socket) -> bool:
    """Return whether the server has neither closed a connection nor answered."""
    connection.setblocking(False)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        connection.settimeout(_PATIENCE_SECONDS)
    return False


def _beginning(client: RawClient, number: int) -> bytes:
    if number % 2:
        return client.head(_FORM, "Content-Length: 5000") + b"\r\n\r\n"
    return client.head("X-Slow: ")


def at_a_rate(act: Callable[[], object], *, per_second: float, seconds: float) -> int:
    """Do something so often in a second, on threads of their own; return how often it was done."""
    threads = []
    began = time.monotonic()
    for number in range(round(per_second * seconds)):
        time.sleep(max(0.0, began + number / per_second - time.monotonic()))
        threads.append(threading.Thread(target=act, daemon=True))
        threads[-1].start()
    for one in threads:
        one.join()
    return len(threads)


def any_of(acts: Mapping[str, Callable[[], int | None]], chance: random.Random) -> tuple[str, int | None]:
    """Do one of the acts; return its name and what came of it."""
    name = chance.choice(list(acts))
    return name, acts[name]()


def raw_client(sender: Sender, url: str) -> RawClient:
    """Return a client at an address of its own."""
    return RawClient(url, address=sender.new_address())
