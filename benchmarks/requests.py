"""Requests made by hand and given straight to Django's WSGI handler: no socket, no client library."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.core.handlers.wsgi import WSGIHandler

Environ = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    location: str = ""

    @property
    def json(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.body)
        return answer


def _environ(method: str, path: str, headers: dict[str, str], body: bytes = b"", query: str = "") -> Environ:
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "testserver",
        "HTTP_USER_AGENT": "benchmark",
        "HTTP_ACCEPT": "application/json",
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **headers,
    }


def get(path: str, *, bearer: str | None = None, query: str = "", cookie: str | None = None) -> Environ:
    """Return a GET request, with a bearer token, a query and a cookie if they are given."""
    headers = {"HTTP_AUTHORIZATION": f"Bearer {bearer}"} if bearer else {}
    return _environ("GET", path, headers | _with_cookie(cookie), query=query)


def post(
    path: str,
    fields: dict[str, str],
    *,
    basic: tuple[str, str] | None = None,
    query: str = "",
    cookie: str | None = None,
) -> Environ:
    """Return a POST of form fields, with HTTP Basic credentials, a query and a cookie if they are given."""
    headers = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    if basic:
        headers["HTTP_AUTHORIZATION"] = "Basic " + b64encode(":".join(basic).encode()).decode()
    return _environ("POST", path, headers | _with_cookie(cookie), urlencode(fields).encode(), query)


def _with_cookie(cookie: str | None) -> dict[str, str]:
    return {"HTTP_COOKIE": cookie} if cookie else {}


def post_json(path: str, members: object) -> Environ:
    """Return a POST of a JSON document."""
    return _environ("POST", path, {"CONTENT_TYPE": "application/json"}, json.dumps(members).encode())


def as_sent(environ: Environ) -> bytes:
    """Return the bytes that a client sends for a request, over a connection that stays open."""
    address = environ["PATH_INFO"] + (f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else "")
    body: bytes = environ["wsgi.input"].getvalue()
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or (name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value)
    }
    lines = [
        f"{environ['REQUEST_METHOD']} {address} HTTP/1.1",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _write(_: bytes) -> None:
    """Stand for WSGI's old way to write a body, which Django does not use."""


def send(handler: WSGIHandler, environ: Environ) -> Answer:
    """Send one request and read the whole answer, as a server does; ``close`` ends Django's request."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        started.append((status, headers))
        return _write

    response = handler(environ, start_response)
    body = b"".join(response)
    response.close()
    status, headers = started[0]
    return Answer(int(status[:3]), body, dict(headers).get("Location", ""))
