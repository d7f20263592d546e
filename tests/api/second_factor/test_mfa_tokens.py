"""What an ``mfa_token`` is good for, how often and how long (wire §6)."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.utils import timezone

from oauthcore import conf
from oauthcore.flows.second_factor.totp_settings import remove_second_factor
from oauthcore.models import Grant, MFAChallenge, RecoveryCode, TOTPFactor
from oauthcore.rules.tokens.secrets import digest_of
from tests.support.factories import PASSWORD
from tests.support.secrets import parse
from tests.support.sign_in.client import PHONE, AppClient
from tests.support.sign_in.people import Person, with_account

pytestmark = pytest.mark.django_db

WRONG, OVER = (401, "invalid_mfa_code"), (401, "invalid_mfa_token")


@pytest.fixture
def tess(person_with_totp: Person) -> Person:
    """Tess, whose second factor is on."""
    return person_with_totp


def test_an_mfa_token_is_256_random_bits_of_which_a_digest_is_kept(tess_app: AppClient, tess: Person) -> None:
    text = tess_app.mfa_token()

    assert re.fullmatch(r"ref_api_mfa_[A-Za-z0-9_-]{43}[A-Za-z0-9]{6}", text)
    assert MFAChallenge.objects.get().digest == digest_of(text)


@pytest.mark.parametrize("is_atomic", [False, True], ids=["autocommit", "atomic-requests"])
def test_five_wrong_codes_end_an_mfa_token(
    tess_app: AppClient, tess: Person, monkeypatch: pytest.MonkeyPatch, is_atomic: bool
) -> None:
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", is_atomic)
    mfa_token = tess_app.mfa_token()

    for _ in range(5):
        assert tess_app.mfa(mfa_token, tess.wrong_code()).refused == WRONG

    assert tess_app.mfa(mfa_token, tess.code()).refused == OVER
    assert tess_app.mfa(tess_app.mfa_token(), tess.code()).status == 200


def test_the_fifth_code_may_still_be_right(tess_app: AppClient, tess: Person) -> None:
    mfa_token = tess_app.mfa_token()
    for _ in range(4):
        tess_app.mfa(mfa_token, tess.wrong_code())

    assert tess_app.mfa(mfa_token, tess.code()).status == 200


def test_an_mfa_token_lives_300_seconds(tess_app: AppClient, tess: Person, clock: Any) -> None:
    one, other = tess_app.mfa_token(device=PHONE), tess_app.mfa_token(device={**PHONE, "name": "Tablet"})
    clock.shift(299)
    assert tess_app.mfa(one, tess.code()).status == 200

    clock.shift(1)

    assert tess_app.mfa(other, tess.code(steps=1)).refused == OVER


def test_its_lifetime_is_a_setting(tess_app: AppClient, tess: Person, settings: Any, clock: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "MFA_TOKEN_LIFETIME": 60}
    answer = tess_app.sign_in()
    clock.shift(60)

    assert answer.json["expires_in"] == 60
    assert tess_app.mfa(answer.json["mfa_token"], tess.code()).refused == OVER


def test_an_mfa_token_works_once(tess_app: AppClient, tess: Person, clock: Any) -> None:
    mfa_token = tess_app.mfa_token()
    tess_app.mfa(mfa_token, tess.code())
    clock.shift(30)

    assert tess_app.mfa(mfa_token, tess.code()).refused == OVER
    # The code was not looked at, and is good for another token.
    assert tess_app.mfa(tess_app.mfa_token(), tess.code()).status == 200


def _password_changed(tess: Person) -> None:
    tess.user.set_password("another walk by the sea")
    tess.user.save()


def _deactivated(tess: Person) -> None:
    get_user_model().objects.filter(pk=tess.user.pk).update(is_active=False)


def _switched_off(tess: Person) -> None:
    factor = TOTPFactor.of(tess.user)
    assert factor is not None
    remove_second_factor(factor, reason="lost", now=timezone.now())


def _removed_by_sql(tess: Person) -> None:
    RecoveryCode.objects.all().delete()
    TOTPFactor.objects.all().delete()


def _asked_again_on_the_same_device(tess: Person) -> None:
    AppClient(login="tess").mfa_token()


@pytest.mark.parametrize(
    "change",
    [_password_changed, _deactivated, _switched_off, _removed_by_sql, _asked_again_on_the_same_device],
    ids=lambda change: change.__name__,
)
def test_an_mfa_token_ends_with_what_it_rests_on(tess_app: AppClient, tess: Person, change: Any) -> None:
    mfa_token, code = tess_app.mfa_token(), tess.code()

    change(tess)

    assert tess_app.mfa(mfa_token, code).refused == OVER
    assert not Grant.objects.exists()


def test_another_device_asking_ends_nothing(tess_app: AppClient, tess: Person) -> None:
    mfa_token = tess_app.mfa_token()
    for device in (
        {**PHONE, "name": "Tablet"},
        {**PHONE, "uuid": str(uuid4())},
        {**PHONE, "platform": "web"},
    ):
        tess_app.mfa_token(device=device)

    assert tess_app.mfa(mfa_token, tess.code()).status == 200


def test_an_mfa_token_is_good_for_nothing_else_and_nothing_else_is_one(
    tess_app: AppClient, tess: Person, app: AppClient
) -> None:
    with_account(username="ada")
    signed_in = app.sign_in()
    access_token = app.access_token(signed_in)
    mfa_token = tess_app.mfa_token()

    assert app.me(mfa_token).refused == app.devices(mfa_token).refused == (401, "invalid_token")
    assert app.token(mfa_token, tess.account.pk).refused == (401, "invalid_refresh_token")
    mistyped = mfa_token[:-1] + ("a" if mfa_token[-1] != "a" else "b")
    made = conf.settings().secret_format.make(parse(mfa_token).kind).reveal()
    for text in (signed_in.json["refresh_token"], access_token, mistyped, made, "nonsense", "\u00e9" * 999):
        assert app.mfa(text, tess.code()).refused == OVER
    assert tess_app.mfa(mfa_token, mfa_token[:60]).refused == WRONG
    assert tess_app.mfa(mfa_token, tess.code()).status == 200


def test_whoever_waits_for_the_second_step_in_a_browser_cannot_take_it_in_an_app(
    tess: Person, client: Any
) -> None:
    client.post("/login", {"username": "tess", "password": PASSWORD})
    challenge = MFAChallenge.objects.get()
    secret = conf.settings().secret_format.make(
        next(k for k in conf.settings().secret_format.leads if k == "mfa")
    )
    MFAChallenge.objects.update(digest=secret.digest)

    assert challenge.channel == MFAChallenge.Channel.BROWSER
    assert AppClient().mfa(secret.reveal(), tess.code()).refused == OVER
