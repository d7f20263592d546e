"""Little sites of other origins: the application somebody goes back to, and the one that means no good."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl


class Origin:
    """A site on a port of its own, whose pages and redirects a test sets while it runs."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.port = server.server_port
        self.pages: dict[str, str] = {}
        self.redirects: dict[str, str] = {}
        #: The forms that were posted here: path with query, headers, fields.
        self.posted: list[tuple[str, dict[str, str], list[tuple[str, str]]]] = []

    @property
    def url(self) -> str:
        """Its address on the loopback: another origin than the site's, but the same one for cookies."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def foreign_url(self) -> str:
        """Its address under a name that is another site for cookies as well."""
        return f"http://localhost:{self.port}"


@contextmanager
def served() -> Iterator[Origin]:
    """Serve an origin in a thread until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            target, page = origin.redirects.get(path), origin.pages.get(path)
            self.send_response(302 if target else 200 if page else 404)
            if target:
                self.send_header("Location", target)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write((page or "").encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = parse_qsl(body, keep_blank_values=True, strict_parsing=True)
            origin.posted.append((self.path, dict(self.headers), fields))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        origin = Origin(server)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield origin
        server.shutdown()
        thread.join()
