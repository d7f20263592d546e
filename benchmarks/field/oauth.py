"""The operations of OAuth, asked of every authorization server in the same words.

Codes come from its own authorize view, which a person asks who is logged in, for an application that needs no
consent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, cycle, islice
from typing import Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

from django.contrib.auth.models import User

from benchmarks import people
from benchmarks.field.asking import expect_status
from benchmarks.products import (
    CODE_CHALLENGE,
    REDIRECT_URI,
    Credentials,
    Operation,
    Operations,
    Product,
    expect_code,
    handler_with,
)
from benchmarks.requests import Environ, get, post, send
from tests.support.sessions import log_in

_FOR_LOGGED_IN = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


class ApprovedCodes:
    """Codes as a product itself issues them, to users who are logged in."""

    middleware: list[str]
    authorize_path: str
    revocation_path: str
    web_application: Credentials
    password_application: Credentials | None = None
    """The application for people's passwords, where the product has that grant."""

    def log_in(self, users: list[User]) -> None:
        """Let these users approve.

        The tokens of the first ones are used for as long as the run takes. So only the others, in turn, get
        tokens that are revoked: a product may end everything that the person has allowed.
        """
        self._browser = handler_with([*_FOR_LOGGED_IN, *self.middleware])
        cookies = [f"sessionid={log_in(user)}" for user in users]
        kept = 2 * people.TOKENS
        self._cookies = chain(cookies[:kept], cycle(cookies[kept:]))

    def issue_codes(self, count: int) -> list[str]:
        return [self._approve(cookie) for cookie in islice(self._cookies, count)]

    def _approve(self, cookie: str) -> str:
        query = {
            "response_type": "code",
            "client_id": self.web_application.client_id,
            "redirect_uri": REDIRECT_URI,
            "scope": "read",
            "state": "a-state",
            "code_challenge": CODE_CHALLENGE,
            "code_challenge_method": "S256",
        }
        answer = send(self._browser, get(self.authorize_path, query=urlencode(query), cookie=cookie))
        expect_code(answer)
        return parse_qs(urlsplit(answer.location).query)["code"][0]


class Server(Product, Protocol):
    """What the operations are asked of."""

    revocation_path: str
    password_application: Credentials | None


class OAuthOperations(Operations):
    """The operations of an authorization server."""

    def __init__(self, server: Server) -> None:
        super().__init__(server, tokens_of_each=people.TOKENS)
        self._server = server
        self._names: Iterator[str] = iter(())

    def __iter__(self) -> Iterator[Operation]:
        for operation in super().__iter__():
            is_check = operation.name == "bearer check"
            yield replace(operation, name="token check") if is_check else operation
        yield Operation("revoke", self.product.name, self.handler, self._revoke, expect_status(200))
        if self._server.password_application is not None:
            self._names = cycle(people.create_users_with_password(people.USERS))
            yield Operation("sign-in", self.product.name, self.handler, self._sign_in, self._check_tokens)

    def _refresh(self, count: int) -> list[Environ]:
        while len(self._refresh_tokens) < count:  # under load, the answers do not come back here
            self._refresh_tokens.append(self._redeem()["refresh_token"])
        return super()._refresh(count)

    def _revoke(self, count: int) -> list[Environ]:
        fields = {"token_type_hint": "refresh_token", **self.product.web_application.as_fields}
        tokens = [self._redeem()["refresh_token"] for _ in range(count)]
        return [post(self._server.revocation_path, {**fields, "token": token}) for token in tokens]

    def _sign_in(self, count: int) -> list[Environ]:
        assert self._server.password_application is not None
        fields = {
            "grant_type": "password",
            "scope": "read",
            "password": people.PASSWORD,
            **self._server.password_application.as_fields,
        }
        return [
            post(self.product.token_path, {**fields, "username": name}) for name in islice(self._names, count)
        ]


def populated(server: Server) -> Iterator[Operation]:
    """Yield the operations of a server, with the tokens they live on."""
    operations = OAuthOperations(server)
    operations.populate()
    yield from operations
