"""``python -m tests.support.relying_parties.serve URL``: make the tables of a site, and serve it."""

from __future__ import annotations

import sys
from socketserver import ThreadingMixIn
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Handler(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    application = get_wsgi_application()
    call_command("migrate", verbosity=0)
    at = urlsplit(sys.argv[1])
    make_server(at.hostname or "", at.port or 0, application, Server, Handler).serve_forever()
