"""What DRF's authtoken is asked for."""

from collections.abc import Iterator
from itertools import cycle, islice

from benchmarks import people
from benchmarks.field.asking import Supply, answered
from benchmarks.products import Operation, expect, handler_with
from benchmarks.requests import Answer, Environ, get, post_json

_NAME = "DRF authtoken"


def operations() -> Iterator[Operation]:
    """Yield the token check and sign-in: a person has one token, which is found again at each sign-in."""
    handler = handler_with([])
    names = cycle(people.create_users_with_password(people.USERS))

    def sign_in(count: int) -> list[Environ]:
        return [
            post_json("/token/", {"username": name, "password": people.PASSWORD})
            for name in islice(names, count)
        ]

    def signed_in() -> Answer:
        (request,) = sign_in(1)
        return answered(handler, request)

    supply = Supply(signed_in, answer_gives="token")
    tokens = cycle(supply.take(people.USERS))

    def check(count: int) -> list[Environ]:
        return [
            get("/protected") | {"HTTP_AUTHORIZATION": f"Token {token}"} for token in islice(tokens, count)
        ]

    yield Operation("token check", _NAME, handler, check, expect({"ok": True}))
    yield Operation("sign-in", _NAME, handler, sign_in, supply.keep)
