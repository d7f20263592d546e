"""What both products are asked for, in the same words: five operations, built once for either.

A product only says where its endpoints are, who its applications are, and how to put down fresh authorization
codes; everything else is got through its own endpoints. So both are sure to be asked the same thing.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import cycle, islice
from typing import Protocol

from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

from benchmarks.requests import Answer, Environ, get, post, send

REDIRECT_URI = "https://client.example/callback"
CODE_VERIFIER = "benchmark-" + "v" * 50
CODE_CHALLENGE = urlsafe_b64encode(sha256(CODE_VERIFIER.encode()).digest()).rstrip(b"=").decode()


class UnexpectedAnswerError(Exception):
    """An operation did not do what is being measured; a benchmark of errors is worth nothing."""


@dataclass(frozen=True)
class Credentials:
    """An application's identifier and its secret in clear."""

    client_id: str
    client_secret: str

    @property
    def as_fields(self) -> dict[str, str]:
        return {"client_id": self.client_id, "client_secret": self.client_secret}

    @property
    def as_pair(self) -> tuple[str, str]:
        return self.client_id, self.client_secret


class Product(Protocol):
    """One authorization server, installed and with its applications registered."""

    name: str
    middleware: list[str]
    protected_path: str
    token_path: str
    introspection_path: str
    web_application: Credentials
    machine_application: Credentials
    resource_server: Credentials

    def issue_codes(self, count: int) -> list[str]:
        """Put down authorization codes, each of another user, as if those users had just approved."""


@dataclass(frozen=True)
class Operation:
    """Something to measure: its preparation and its check stand outside the clock.

    Where it takes two requests, ``follow`` makes the second from the answer to the first.
    """

    name: str
    product: str
    handler: WSGIHandler
    prepare: Callable[[int], list[Environ]]
    check: Callable[[Answer], None]
    follow: Callable[[Answer], Environ] | None = None


def handler_with(middleware: list[str]) -> WSGIHandler:
    """Return a WSGI handler that has this middleware and no other."""
    with override_settings(MIDDLEWARE=middleware):
        return WSGIHandler()


def plain_operations() -> Iterator[Operation]:
    """Yield what Django REST framework itself costs, without a query and with one, and what Django costs."""
    handler = handler_with([])
    for name, path in (
        ("no-op view", "/plain/noop"),
        ("no-op view + SELECT", "/plain/cursor"),
        ("plain view", "/plain/function"),
    ):
        yield Operation(name, "Django", handler, _repeated(path), expect({"ok": True}))


def _repeated(path: str) -> Callable[[int], list[Environ]]:
    return lambda count: [get(path) for _ in range(count)]


def expect(wanted: dict[str, object]) -> Callable[[Answer], None]:
    """Return a check that an answer is a 200 with these members."""

    def check(answer: Answer) -> None:
        if answer.status != 200 or not wanted.items() <= answer.json.items():
            raise UnexpectedAnswerError(f"{answer.status} {answer.body[:300]!r}, not {wanted}")

    return check


def expect_code(answer: Answer) -> None:
    """Check that an answer sends an authorization code to the application."""
    if answer.status != 302 or not answer.location.startswith(f"{REDIRECT_URI}?code="):
        raise UnexpectedAnswerError(f"{answer.status} {answer.location!r}, not a code")


@dataclass
class Operations:
    """The five operations of a product, and the tokens they live on."""

    product: Product
    tokens_of_each: int
    handler: WSGIHandler = field(init=False)
    _access_tokens: Iterator[str] = field(init=False)
    _refresh_tokens: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.handler = handler_with(self.product.middleware)

    def __iter__(self) -> Iterator[Operation]:
        for name, prepare, check in (
            ("bearer check", self._bearer, expect({"ok": True})),
            ("client credentials", self._client_credentials, self._check_access_token),
            ("code", self._code, self._check_tokens),
            ("refresh", self._refresh, self._keep_refresh_token),
            ("introspection", self._introspection, self._check_introspection),
        ):
            yield Operation(name, self.product.name, self.handler, prepare, check)

    def populate(self) -> None:
        """Redeem codes, to use the access tokens of some and the refresh tokens of others.

        Not both of one: with the rival, the access token ends when its refresh token is used.
        """
        self._access_tokens = cycle([self._redeem()["access_token"] for _ in range(self.tokens_of_each)])
        self._refresh_tokens = [self._redeem()["refresh_token"] for _ in range(self.tokens_of_each)]

    def _redeem(self) -> dict[str, str]:
        (request,) = self._code(1)
        answer = send(self.handler, request)
        self._check_tokens(answer)
        return answer.json

    def _some_access_tokens(self, count: int) -> Iterable[str]:
        return islice(self._access_tokens, count)

    def _bearer(self, count: int) -> list[Environ]:
        return [get(self.product.protected_path, bearer=token) for token in self._some_access_tokens(count)]

    def plain_view(self, path: str) -> Operation:
        """Return the bearer check of a view of Django, without Django REST framework."""
        tokens = self._some_access_tokens

        def prepare(count: int) -> list[Environ]:
            return [get(path, bearer=token) for token in tokens(count)]

        return Operation(
            "plain view + scopes", self.product.name, self.handler, prepare, expect({"ok": True})
        )

    def _client_credentials(self, count: int) -> list[Environ]:
        fields = {
            "grant_type": "client_credentials",
            "scope": "read",
            **self.product.machine_application.as_fields,
        }
        return [post(self.product.token_path, fields) for _ in range(count)]

    def _code(self, count: int) -> list[Environ]:
        fields = {
            "grant_type": "authorization_code",
            "redirect_uri": REDIRECT_URI,
            "code_verifier": CODE_VERIFIER,
            **self.product.web_application.as_fields,
        }
        return [
            post(self.product.token_path, {**fields, "code": code})
            for code in self.product.issue_codes(count)
        ]

    def _refresh(self, count: int) -> list[Environ]:
        fields = {"grant_type": "refresh_token", **self.product.web_application.as_fields}
        spent, self._refresh_tokens = self._refresh_tokens[:count], self._refresh_tokens[count:]
        return [post(self.product.token_path, {**fields, "refresh_token": token}) for token in spent]

    def _introspection(self, count: int) -> list[Environ]:
        asks_as = self.product.resource_server.as_pair
        return [
            post(self.product.introspection_path, {"token": token}, basic=asks_as)
            for token in self._some_access_tokens(count)
        ]

    def _check_access_token(self, answer: Answer) -> None:
        expect({"token_type": "Bearer", "scope": "read"})(answer)
        if len(answer.json["access_token"]) < 30:
            raise UnexpectedAnswerError("no access token")

    def _check_tokens(self, answer: Answer) -> None:
        self._check_access_token(answer)
        if len(answer.json["refresh_token"]) < 30:
            raise UnexpectedAnswerError("no refresh token")

    def _keep_refresh_token(self, answer: Answer) -> None:
        self._check_tokens(answer)
        self._refresh_tokens.append(answer.json["refresh_token"])

    def _check_introspection(self, answer: Answer) -> None:
        expect({"active": True, "scope": "read", "client_id": self.product.web_application.client_id})(answer)
