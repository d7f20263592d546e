"""What Knox is asked for."""

from collections.abc import Iterator
from itertools import cycle, islice

from benchmarks import people
from benchmarks.field.asking import Supply, answered, expect_status
from benchmarks.products import Operation, expect, handler_with
from benchmarks.requests import Answer, Environ, get, post

_NAME = "Knox"


def operations() -> Iterator[Operation]:
    """Yield sign-in, the token check, and sign-out."""
    handler = handler_with([])
    names = cycle(people.create_users_with_password(people.USERS))

    def sign_in(count: int) -> list[Environ]:
        return [post("/login/", {}, basic=(name, people.PASSWORD)) for name in islice(names, count)]

    def signed_in() -> Answer:
        (request,) = sign_in(1)
        return answered(handler, request)

    to_end = Supply(signed_in, answer_gives="token")
    tokens = cycle(to_end.take(people.TOKENS))

    def check(count: int) -> list[Environ]:
        return [_with_token(get("/protected"), token) for token in islice(tokens, count)]

    def sign_out(count: int) -> list[Environ]:
        return [_with_token(post("/logout/", {}), token) for token in to_end.take(count)]

    yield Operation("token check", _NAME, handler, check, expect({"ok": True}))
    yield Operation("sign-in", _NAME, handler, sign_in, to_end.keep)
    yield Operation("sign-out", _NAME, handler, sign_out, expect_status(204))


def _with_token(request: Environ, token: str) -> Environ:
    return request | {"HTTP_AUTHORIZATION": f"Token {token}"}
