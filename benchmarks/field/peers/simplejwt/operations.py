"""What SimpleJWT is asked for, stateless or with its blacklist."""

import time
from collections.abc import Iterator
from itertools import cycle, islice

from benchmarks import people
from benchmarks.field.asking import Supply, answered, expect_status, expect_text
from benchmarks.products import Operation, expect, handler_with
from benchmarks.requests import Answer, Environ, get, post_json

_SECONDS_OF_USE = 200
"""An access token lives for five minutes."""


class SimpleJWT:
    """Its operations; with the blacklist, a refresh token is used once, and signing out ends it."""

    def __init__(self, name: str, *, protected_path: str) -> None:
        self._name = name
        self._protected_path = protected_path
        self._handler = handler_with([])
        self._names = cycle(people.create_users_with_password(people.USERS))
        self._renew()
        self._sessions = Supply(self._signed_in, answer_gives="refresh")

    def __iter__(self) -> Iterator[Operation]:
        handler, name = self._handler, self._name
        yield Operation("token check", name, handler, self._check, expect({"ok": True}))
        yield Operation("sign-in", name, handler, self._sign_in, self._sessions.keep)
        yield Operation("session refresh", name, handler, self._refresh, self._keep_refreshed)

    def _sign_in(self, count: int) -> list[Environ]:
        return [
            post_json("/token/", {"username": name, "password": people.PASSWORD})
            for name in islice(self._names, count)
        ]

    def _signed_in(self) -> Answer:
        (request,) = self._sign_in(1)
        return answered(self._handler, request)

    def _renew(self) -> None:
        first = [self._signed_in() for _ in range(people.TOKENS)]
        self._access_tokens = cycle([expect_text(answer, "access") for answer in first])
        self._renewed_at = time.monotonic()

    def _check(self, count: int) -> list[Environ]:
        if time.monotonic() > self._renewed_at + _SECONDS_OF_USE:
            self._renew()
        return [get(self._protected_path, bearer=token) for token in islice(self._access_tokens, count)]

    def _refresh(self, count: int) -> list[Environ]:
        return [post_json("/token/refresh/", {"refresh": one}) for one in self._sessions.take(count)]

    def _keep_refreshed(self, answer: Answer) -> None:
        expect_text(answer, "access")


class SimpleJWTWithBlacklist(SimpleJWT):
    """The same where refresh tokens are used once."""

    def __iter__(self) -> Iterator[Operation]:
        yield from super().__iter__()
        yield Operation("sign-out", self._name, self._handler, self._sign_out, expect_status(200))

    def _keep_refreshed(self, answer: Answer) -> None:
        super()._keep_refreshed(answer)
        self._sessions.keep(answer)

    def _sign_out(self, count: int) -> list[Environ]:
        return [post_json("/token/blacklist/", {"refresh": one}) for one in self._sessions.take(count)]


def stateless() -> Iterator[Operation]:
    """Yield the operations where no token is known to the database."""
    return iter(SimpleJWT("SimpleJWT", protected_path="/stateless"))


def with_blacklist() -> Iterator[Operation]:
    """Yield them where refresh tokens are, and the person is read at every check."""
    return iter(SimpleJWTWithBlacklist("SimpleJWT with blacklist", protected_path="/protected"))
