"""What oauthcore is asked for: everything."""

from collections.abc import Iterator
from itertools import cycle, islice

from django.conf import settings

from benchmarks import people
from benchmarks.field.asking import Supply, answered, expect_status, expect_text
from benchmarks.field.oauth import ApprovedCodes, populated
from benchmarks.ours import OAuthCore
from benchmarks.products import Operation, expect, handler_with
from benchmarks.requests import Answer, Environ, get, post_json
from oauthcore.models import Application
from oauthcore.testing import service_token

_NAME = "oauthcore"
_PROTECTED = "/ours/protected"
_SERVICE_TOKENS = 50  # as many as the defaults allow a site


class _Product(ApprovedCodes, OAuthCore):
    authorize_path = "/oauth/authorize"
    revocation_path = "/oauth/revoke"


def operations() -> Iterator[Operation]:
    """Yield the operations of OAuth, of service tokens, and of people who sign in with their password."""
    users = people.create_users(people.USERS)
    product = _Product(_NAME, cycle(users))
    Application.objects.update(is_trusted=True)
    product.log_in(users)
    yield from populated(product)
    yield from SignIn()
    keys = cycle([service_token("read", label=f"Job {number}").text for number in range(_SERVICE_TOKENS)])

    def with_service_token(count: int) -> list[Environ]:
        return [get(_PROTECTED, bearer=key) for key in islice(keys, count)]

    handler = handler_with(settings.MIDDLEWARE)
    yield Operation("service token check", _NAME, handler, with_service_token, expect({"ok": True}))


class SignIn:
    """People who sign in: two requests until there is a token that opens a view."""

    def __init__(self) -> None:
        self._handler = handler_with(settings.MIDDLEWARE)
        self._names = cycle(people.create_users_with_password(people.USERS))
        self._sessions = Supply(self._sign_in_and_ask, answer_gives="refresh_token")

    def __iter__(self) -> Iterator[Operation]:
        yield Operation(
            "sign-in", _NAME, self._handler, self._sign_in, self._sessions.keep, follow=self._ask_for_token
        )
        yield Operation("session refresh", _NAME, self._handler, self._refresh, self._sessions.keep)
        yield Operation("sign-out", _NAME, self._handler, self._sign_out, expect_status(200))

    def _sign_in(self, count: int) -> list[Environ]:
        device = {"name": "Phone", "platform": "ios"}
        return [
            post_json("/v1/auth/sign_in", {"login": name, "password": people.PASSWORD, "device": device})
            for name in islice(self._names, count)
        ]

    def _ask_for_token(self, answer: Answer) -> Environ:
        return post_json("/v1/auth/token", {"refresh_token": expect_text(answer, "refresh_token")})

    def _sign_in_and_ask(self) -> Answer:
        (request,) = self._sign_in(1)
        return answered(self._handler, self._ask_for_token(answered(self._handler, request)))

    def _refresh(self, count: int) -> list[Environ]:
        return [post_json("/v1/auth/token", {"refresh_token": one}) for one in self._sessions.take(count)]

    def _sign_out(self, count: int) -> list[Environ]:
        tokens = self._sessions.take(count)
        return [post_json("/v1/auth/sign_out", {"refresh_token": one}) for one in tokens]
