"""The site behind https on loopback, with a server that drops headers and changes answers as a test says."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from tests.support.document_server import make_certificates


@dataclass
class Faults:
    """What the server does wrong."""

    #: Names of headers that do not reach the site, or its callers.
    drops_of_requests: set[str] = field(default_factory=set)
    drops_of_answers: set[str] = field(default_factory=set)
    #: Changed values of headers, for requests and for answers.
    of_requests: dict[str, str] = field(default_factory=dict)
    of_answers: dict[str, str] = field(default_factory=dict)
    #: Statuses that get an error page of the server, as nginx sends them with proxy_intercept_errors.
    own_pages: set[int] = field(default_factory=set)
    #: Answers to paths: status, content type, body, and more headers.
    answers: dict[str, tuple[str, str, bytes, dict[str, str]]] = field(default_factory=dict)
    longest_line: int | None = None
    says_http: bool = False


class FaultySite:
    """Django's WSGI application, called past the faults."""

    def __init__(self) -> None:
        self.faults = Faults()
        self._site = WSGIHandler()
        self.connection: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        faults = self.faults
        line = environ["PATH_INFO"] + environ.get("QUERY_STRING", "")
        if faults.longest_line is not None and len(line) > faults.longest_line:
            start_response("400 Bad Request", [("Content-Type", "text/html")])
            return [b"too long"]
        for name in faults.drops_of_requests:
            environ.pop(_key(name), None)
        environ.update({_key(name): value for name, value in faults.of_requests.items()})
        if faults.says_http:
            environ["wsgi.url_scheme"] = "http"
        if environ["PATH_INFO"] in faults.answers:
            status, kind, body, more = faults.answers[environ["PATH_INFO"]]
            start_response(status, [("Content-Type", kind), *more.items()])
            return [body]
        told: list[Any] = []
        body = self._read(environ, told)
        status, headers = told[0], told[1]
        if int(status[:3]) in faults.own_pages:
            headers, body = [("Content-Type", "text/html")], b"<h1>Error</h1>"
        dropped = {name.lower() for name in (*faults.drops_of_answers, *faults.of_answers, "Content-Length")}
        kept = [(name, value) for name, value in headers if name.lower() not in dropped]
        start_response(status, [*kept, *faults.of_answers.items(), ("Content-Length", str(len(body)))])
        return [body]

    def _read(self, environ: dict[str, Any], told: list[Any]) -> bytes:
        # A SQLite in memory is one connection, which the test's own thread waits for this answer with.
        if self.connection is not None:
            connections["default"] = self.connection
        response = self._site(environ, lambda *args, **_: told.extend(args))
        try:
            return b"".join(response)
        finally:
            response.close()  # type: ignore[attr-defined]  # it closes connections too


def _key(name: str) -> str:
    return f"HTTP_{name.upper().replace('-', '_')}"


class QuietHandler(WSGIRequestHandler):
    """Logs no request."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class _Handler(QuietHandler):
    def get_environ(self) -> dict[str, Any]:
        return {**super().get_environ(), "HTTPS": "on"}


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        super().server_bind()
        self.server_name = "localhost"

    def handle_error(self, *args: Any) -> None:
        """Say nothing: a client that does not trust the certificate hangs up."""


class FaultyServer:
    """A server with a certificate for localhost."""

    def __init__(self, folder: Path) -> None:
        self.ca_file, certificate = make_certificates(folder, "localhost", "127.0.0.1")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.site = FaultySite()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.set_app(self.site)  # type: ignore[arg-type]
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()
