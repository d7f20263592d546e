"""Signing in, whatever a site has set: refused tries stay counted, no hash waits with a lock held.

And without the store of the limiter nobody tries anything, while tokens work on.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from oauthcore import limiter
from oauthcore.models import LimitWindow, MFAChallenge
from tests.support import hashers
from tests.support.factories import PASSWORD, sign_in_token
from tests.support.sign_in.client import AppClient
from tests.support.sign_in.people import with_account, with_second_factor
from tests.support.sign_in.requests import all_but_tries

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

both_ways = pytest.mark.parametrize("is_atomic", [False, True], ids=["", "ATOMIC_REQUESTS"])


@both_ways
def test_wrong_passwords_stay_counted_although_each_is_refused(is_atomic, atomic_requests):
    atomic_requests(is_atomic)
    app = AppClient(login=with_account().user.username)

    tried = [app.sign_in(password="wrong").status for _ in range(5)]

    limiter.forget()
    assert tried == [401] * 5
    assert app.sign_in().refused == (429, "throttled")


@both_ways
def test_wrong_codes_stay_counted_although_each_is_refused(is_atomic, atomic_requests):
    atomic_requests(is_atomic)
    tess = with_second_factor()
    app = AppClient(login=tess.user.username)
    for _ in range(2):
        token = app.mfa_token()
        assert [app.mfa(token, tess.wrong_code()).status for _ in range(5)] == [401] * 5
        assert app.mfa(token, tess.code()).error == "invalid_mfa_token"

    limiter.forget()
    assert app.mfa(app.mfa_token(), tess.code()).refused == (429, "throttled")
    assert sorted(MFAChallenge.objects.values_list("failures", flat=True)) == [0, 5, 5]


@both_ways
def test_no_password_is_hashed_while_a_row_is_locked(is_atomic, atomic_requests, settings):
    settings.PASSWORD_HASHERS = ["tests.support.hashers.Watched"]
    settings.OAUTHCORE = settings.OAUTHCORE | {"LOGIN_LIMIT": (100, 300)}
    atomic_requests(is_atomic)
    ada, tess = with_account(), with_second_factor()
    app, tess_app = AppClient(login=ada.user.username), AppClient(login=tess.user.username)
    bearer, tess_bearer = (sign_in_token(one.user, one.account.pk) for one in (ada, tess))
    hashers.hashed.clear()

    app.sign_in(password="wrong")
    app.sign_in("nobody")
    assert app.sign_in().status == 200
    assert tess_app.mfa(tess_app.mfa_token(), tess.code()).status == 200
    assert app.begin_totp(bearer).status == 200
    assert tess_app.recovery_codes(tess_bearer, tess.recovery_codes[0]).status == 200
    assert tess_app.end_totp(tess_bearer, tess.code(steps=1)).status == 204
    assert Client().post("/login", {"username": ada.user.username, "password": PASSWORD}).status_code == 302

    assert hashers.hashed == [False] * 8


@pytest.fixture(params=["Redis", "SQL"])
def break_store(request: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what takes the store away in which tries are counted."""

    def break_redis() -> None:
        settings.OAUTHCORE = settings.OAUTHCORE | {"LIMITER_URL": "redis://127.0.0.1:1/0"}

    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("the table is locked")

    return {"Redis": break_redis, "SQL": lambda: monkeypatch.setattr(LimitWindow, "count_tries", fail)}[
        request.param
    ]


def test_without_the_limiters_store_every_login_says_so_and_tokens_work_on(break_store, settings):
    settings.PASSWORD_HASHERS = ["tests.support.hashers.Watched"]
    ada, tess = with_account(), with_second_factor()
    app, tess_app = AppClient(login=ada.user.username), AppClient(login=tess.user.username)
    signed_in, mfa_token = app.sign_in(), tess_app.mfa_token()
    bearer, tess_bearer = (sign_in_token(one.user, one.account.pk) for one in (ada, tess))
    waiting = sign_in_token((eve := with_account()).user, eve.account.pk)
    app.begin_totp(waiting)
    at_second_step = Client()
    at_second_step.post("/login", {"username": tess.user.username, "password": PASSWORD})
    before = all_but_tries()
    hashers.hashed.clear()
    break_store()

    answers = {
        "sign_in": app.sign_in(),
        "sign_in of nobody": app.sign_in("nobody"),
        "mfa": tess_app.mfa(mfa_token, tess.code()),
        "begin": app.begin_totp(bearer),
        "confirm": app.confirm_totp(waiting, "000000"),
        "recovery codes": tess_app.recovery_codes(tess_bearer, tess.code()),
        "switch off": tess_app.end_totp(tess_bearer, tess.code()),
    }

    assert {name: one.refused for name, one in answers.items()} == dict.fromkeys(
        answers, (503, "temporarily_unavailable")
    )
    assert all(int(one.retry_after) >= 1 for one in answers.values())
    for page in (
        Client().post("/login", {"username": ada.user.username, "password": PASSWORD}),
        at_second_step.post("/oauth/second-step", {"code": tess.code()}),
    ):
        assert page.status_code == 503
        assert int(page["Retry-After"]) >= 1
        assert page["Content-Type"].startswith("text/html")
    assert hashers.hashed == []
    assert all_but_tries() == before

    assert app.me(bearer).status == 200
    assert app.devices(bearer).status == 200
    tokens = app.token(signed_in.json["refresh_token"], ada.account.pk)
    assert app.me(tokens.json["access_token"]).status == 200
    assert app.sign_out(tokens.json["refresh_token"]).status == 200
