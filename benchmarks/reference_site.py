"""What the reference site is asked for: the benchmark's operations, GET /v1/me and the authorize page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler

from benchmarks.ours import OAuthCore
from benchmarks.people import create_users
from benchmarks.products import (
    CODE_CHALLENGE,
    REDIRECT_URI,
    Operation,
    Operations,
    UnexpectedAnswerError,
    expect,
    expect_code,
)
from benchmarks.requests import Answer, Environ, get, post, send
from tests.support.sessions import log_in

_PATH = "/oauth/authorize"
_CSRF_TOKEN = "c" * 32
_TRANSACTION = re.compile(rb'name="transaction" value="([^"]+)"')


def operations(requests: int) -> Iterator[Operation]:
    """Yield everything that is asked, each so many times at the most."""
    users = create_users(requests)
    product = OAuthCore("ours", cycle(users))
    product.middleware = settings.MIDDLEWARE
    product.protected_path = "/v1/me"
    tokens = Operations(product, tokens_of_each=requests)
    tokens.populate()
    for operation in tokens:
        if operation.name == "bearer check":
            answer = expect({"kind": "oauth_token"})
            yield Operation("GET /v1/me", "ours", tokens.handler, operation.prepare, answer)
        else:
            yield operation
    page = AuthorizePage(product.web_application.client_id, users, tokens.handler)
    yield Operation("GET authorize, page", "ours", tokens.handler, page.looks, _expect_page)
    yield Operation("POST authorize", "ours", tokens.handler, page.approvals, expect_code)
    yield Operation("GET authorize, remembered", "ours", tokens.handler, page.looks, expect_code)


class AuthorizePage:
    """Requests for the authorize page, each of another person who is logged in."""

    def __init__(self, client_id: str, users: list[User], handler: WSGIHandler) -> None:
        self._handler = handler
        self._cookies = [f"sessionid={log_in(user)}; csrftoken={_CSRF_TOKEN}" for user in users]
        self._query = urlencode(
            {
                "response_type": "code",
                "client_id": client_id,
                "redirect_uri": REDIRECT_URI,
                "scope": "read",
                "state": "a state",
                "code_challenge": CODE_CHALLENGE,
                "code_challenge_method": "S256",
            }
        )

    def looks(self, count: int) -> list[Environ]:
        return [self._look(cookie) for cookie in self._cookies[:count]]

    def approvals(self, count: int) -> list[Environ]:
        return [self._approval(cookie) for cookie in self._cookies[:count]]

    def _look(self, cookie: str) -> Environ:
        return get(_PATH, query=self._query, cookie=cookie)

    def _approval(self, cookie: str) -> Environ:
        page = send(self._handler, self._look(cookie))
        _expect_page(page)
        fields = {
            "csrfmiddlewaretoken": _CSRF_TOKEN,
            "transaction": _transaction_of(page),
            "decision": "approve",
            "scope": "read",
        }
        return post(_PATH, fields, query=self._query, cookie=cookie)


def _expect_page(answer: Answer) -> None:
    if answer.status != 200:
        raise UnexpectedAnswerError(f"{answer.status} {answer.location!r}, not a page")
    _transaction_of(answer)


def _transaction_of(page: Answer) -> str:
    found = _TRANSACTION.search(page.body)
    if found is None:
        raise UnexpectedAnswerError("a page without a form")
    return found[1].decode()
