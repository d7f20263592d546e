"""A TCP proxy that misbehaves as it is told: it cuts, delays, closes half, and passes on in small pieces."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

_PIECE = 64 * 1024
_PATIENCE_SECONDS = 60


@dataclass
class Fault:
    """What happens to connections that are made from now on. All of it may be combined.

    ``cut_answer_after``: the connection ends once so many bytes of the answer were passed on. With 0 the
    server has answered, and the client learns nothing. ``half_close``: the client's half is closed after its
    request. ``cut_before`` and ``cut_after``: the connection ends with the first request that has these
    bytes in it, before the server gets it, or after the server has answered it and the client learns nothing.
    Either happens once.
    """

    refuse: bool = False
    delay_seconds: float = 0.0
    cut_answer_after: int | None = None
    half_close: bool = False
    piece: int = _PIECE
    pause_seconds: float = 0.0
    cut_before: bytes | None = None
    cut_after: bytes | None = None

    def takes(self, name: str, piece: bytes) -> bool:
        """Return whether ``cut_before`` or ``cut_after`` means this piece, and forget it if so."""
        wanted = getattr(self, name)
        if wanted is None or wanted not in piece:
            return False
        setattr(self, name, None)
        return True


class FaultyNetwork:
    """Passes connections on to a server. ``fault`` may be changed at any time."""

    def __init__(self, host: str, port: int) -> None:
        self.fault = Fault()
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_over = False

    @property
    def address(self) -> str:
        """``host:port`` of the proxy."""
        return "{}:{}".format(*self._listener.getsockname())

    def serve(self) -> None:
        """Accept connections until ``close`` is called."""
        while not self._is_over:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client, self.fault), daemon=True).start()

    def close(self) -> None:
        """End every connection, and listen no more."""
        self._is_over = True
        _end(self._listener)
        self.cut_all()

    def cut_all(self) -> None:
        """End the connections that are open now."""
        with self._lock:
            for one in self._open:
                _end(one)
            self._open.clear()

    def _pass_on(self, client: socket.socket, fault: Fault) -> None:
        with contextlib.suppress(OSError), client:
            if fault.refuse:
                return
            with socket.create_connection(self._target, timeout=_PATIENCE_SECONDS) as server:
                self._note(client, server)
                time.sleep(fault.delay_seconds)
                is_cut = threading.Event()
                passed = (client, server, fault, is_cut)
                request = threading.Thread(target=_copy_request, args=passed, daemon=True)
                request.start()
                _copy_answer(server, client, fault, is_cut)
                _end(client)
                _end(server)
                request.join(_PATIENCE_SECONDS)

    def _note(self, *sockets: socket.socket) -> None:
        with self._lock:
            self._open = {one for one in self._open if one.fileno() != -1} | set(sockets)


def _copy_request(
    client: socket.socket, server: socket.socket, fault: Fault, is_cut: threading.Event
) -> None:
    sent = b""
    with contextlib.suppress(OSError):
        while piece := client.recv(min(fault.piece, _PIECE)):
            if fault.takes("cut_before", piece):
                break
            if fault.takes("cut_after", piece):
                is_cut.set()
            server.sendall(piece)
            time.sleep(fault.pause_seconds)
            sent += piece
            if fault.half_close and _is_whole(sent):
                break
        server.shutdown(socket.SHUT_WR)


def _is_whole(request: bytes) -> bool:
    """Whether headers and body are there: on a busy machine they come one after the other."""
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(end) and len(body) >= int(length[1] if length else 0)


def _copy_answer(server: socket.socket, client: socket.socket, fault: Fault, is_cut: threading.Event) -> None:
    left = fault.cut_answer_after
    while (piece := server.recv(min(fault.piece, _PIECE))) and not is_cut.is_set():
        if left is not None:
            piece, left = piece[:left], left - len(piece)
        client.sendall(piece)
        if left is not None and left <= 0:
            return
        time.sleep(fault.pause_seconds)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        one.close()


@contextmanager
def faulty_network(url: str) -> Iterator[FaultyNetwork]:
    """Put a proxy in front of a server; it ends with the block."""
    at = urlsplit(url)
    network = FaultyNetwork(at.hostname or "127.0.0.1", at.port or 80)
    threading.Thread(target=network.serve, daemon=True).start()
    try:
        yield network
    finally:
        network.close()
