"""Switching TOTP on and off from an app: ``/v1/auth/mfa/totp…`` and ``…/recovery_codes`` (wire §6)."""

from __future__ import annotations

import base64
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from oauthcore.models import RecoveryCode, SecurityEvent, TOTPFactor
from oauthcore.rules.sign_in import totp
from tests.support.sign_in.client import AppClient
from tests.support.sign_in.people import Person

pytestmark = pytest.mark.django_db

Kind = SecurityEvent.Kind


def code_of(secret: str, *, steps: int = 0) -> str:
    """Return what an authenticator app shows that was given the secret."""
    key = base64.b32decode(secret)
    return totp.code_at(key, int(timezone.now().timestamp()) // totp.STEP + steps)


def kinds() -> list[str]:
    """Return what the security events tell of the factor."""
    about = [Kind.SECOND_FACTOR_ON, Kind.SECOND_FACTOR_OFF, Kind.RECOVERY_CODES_MADE]
    return list(SecurityEvent.objects.filter(kind__in=about).order_by("pk").values_list("kind", flat=True))


def test_a_second_factor_is_switched_on_from_nothing_to_the_first_sign_in(
    app: AppClient, person: Person, token: str, clock: Any
) -> None:
    begun = app.begin_totp(token)
    assert begun.status == 200
    assert begun.json.keys() == {"secret", "otpauth_uri"}
    secret = begun.json["secret"]
    assert app.sign_in().json.get("mfa_required") is None  # not on yet

    confirmed = app.confirm_totp(token, code_of(secret))

    assert confirmed.status == 200
    assert confirmed.json.keys() == {"recovery_codes"}
    assert app.me(token).status == 200
    clock.shift(300)
    assert app.mfa(app.mfa_token(), code_of(secret)).status == 200
    for code in confirmed.json["recovery_codes"][:2]:
        assert app.mfa(app.mfa_token(), code).status == 200
    assert kinds() == [Kind.SECOND_FACTOR_ON]


def test_the_secret_is_160_bits_as_text_and_in_the_address_that_apps_read(app: AppClient, token: str) -> None:
    begun = app.begin_totp(token).json

    assert re.fullmatch(r"[A-Z2-7]{32}", begun["secret"])
    address = urlsplit(begun["otpauth_uri"])
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/Lumen:ada")
    assert parse_qs(address.query) == {
        "secret": [begun["secret"]],
        "issuer": ["Lumen"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }


def test_the_secret_is_encrypted_where_it_lies_and_in_no_later_answer(
    app: AppClient, token: str, clock: Any
) -> None:
    begun = app.begin_totp(token)
    secret = begun.json["secret"]
    seed = bytes(TOTPFactor.objects.get().seed)

    assert secret.encode() not in seed
    assert base64.b32decode(secret) not in seed
    answers = [app.confirm_totp(token, code_of(secret)), app.begin_totp(token), app.me(token), app.sign_in()]
    clock.shift(300)
    answers += [app.recovery_codes(token, code_of(secret)), app.end_totp(token, "123456")]
    assert [one.status for one in answers] == [200, 400, 200, 200, 200, 401]
    assert not any(secret.encode() in one.body for one in answers)


def test_recovery_codes_are_ten_that_are_shown_once_and_kept_as_salted_digests(
    app: AppClient, token: str
) -> None:
    codes = app.confirm_totp(token, code_of(app.begin_totp(token).json["secret"])).json["recovery_codes"]

    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", code) for code in codes)
    assert RecoveryCode.objects.count() == 10


def test_beginning_again_replaces_the_secret_that_waited(app: AppClient, token: str) -> None:
    first, second = (app.begin_totp(token).json["secret"] for _ in range(2))

    assert app.confirm_totp(token, code_of(first)).refused == (401, "invalid_mfa_code")
    assert app.confirm_totp(token, code_of(second)).status == 200


def test_the_code_that_confirmed_is_spent(app: AppClient, token: str) -> None:
    secret = app.begin_totp(token).json["secret"]
    app.confirm_totp(token, code_of(secret))

    assert app.mfa(app.mfa_token(), code_of(secret)).refused == (401, "invalid_mfa_code")


def test_a_wrong_code_confirms_nothing(app: AppClient, token: str) -> None:
    secret = app.begin_totp(token).json["secret"]

    for code in (code_of(secret, steps=2), code_of(secret, steps=-2), "000 000 0", "mq2x-7rhc-bt4n-w9ka"):
        assert app.confirm_totp(token, code).refused == (401, "invalid_mfa_code")

    assert app.sign_in().json["accounts"]
    assert kinds() == []
    assert app.confirm_totp(token, code_of(secret)).status == 200


def test_what_does_not_fit_the_state_of_the_factor_is_told(
    app: AppClient, token: str, tess_app: AppClient, tess_token: str, person_with_totp: Person
) -> None:
    code = person_with_totp.code()
    answers = [
        app.confirm_totp(token, "123456"),
        app.recovery_codes(token, "123456"),
        app.end_totp(token, "123456"),
        tess_app.begin_totp(tess_token),
        tess_app.confirm_totp(tess_token, code),
    ]

    assert {one.refused for one in answers} == {(400, "invalid_request")}
    assert [one.json["error_description"] for one in answers] == [
        "There is no TOTP to confirm. Set it up first.",
        *["TOTP is off. Set it up first."] * 2,
        "TOTP is on already. Switch it off before you set it up again.",
        "There is no TOTP to confirm. Set it up first.",
    ]
    assert tess_app.end_totp(tess_token, code).status == 204  # which cost nothing


def test_new_recovery_codes_end_the_old_ones(
    tess_app: AppClient, tess_token: str, person_with_totp: Person
) -> None:
    answer = tess_app.recovery_codes(tess_token, person_with_totp.code())

    new = answer.json["recovery_codes"]
    assert (answer.status, len(set(new)), answer.json.keys()) == (200, 10, {"recovery_codes"})
    assert not set(new) & set(person_with_totp.recovery_codes)
    mfa_token = tess_app.mfa_token()
    assert tess_app.mfa(mfa_token, person_with_totp.recovery_codes[0]).refused == (401, "invalid_mfa_code")
    assert tess_app.mfa(mfa_token, new[0]).status == 200
    assert kinds() == [Kind.RECOVERY_CODES_MADE]


@pytest.mark.parametrize("is_recovery_code", [False, True])
def test_switching_off_takes_password_and_code_and_takes_all_away(
    tess_app: AppClient, tess_token: str, person_with_totp: Person, is_recovery_code: bool
) -> None:
    mfa_token = tess_app.mfa_token()
    code = person_with_totp.recovery_codes[0] if is_recovery_code else person_with_totp.code()

    answer = tess_app.end_totp(tess_token, code)

    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not TOTPFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert tess_app.mfa(mfa_token, person_with_totp.recovery_codes[1]).error == "invalid_mfa_token"
    assert "refresh_token" in tess_app.sign_in().json
    assert kinds() == [Kind.SECOND_FACTOR_OFF]


def test_a_factor_set_up_anew_takes_none_of_the_old_codes(
    tess_app: AppClient, tess_token: str, person_with_totp: Person
) -> None:
    tess_app.end_totp(tess_token, person_with_totp.code())
    secret = tess_app.begin_totp(tess_token).json["secret"]
    tess_app.confirm_totp(tess_token, code_of(secret))

    mfa_token = tess_app.mfa_token()
    for code in (person_with_totp.code(steps=1), person_with_totp.recovery_codes[0]):
        assert tess_app.mfa(mfa_token, code).refused == (401, "invalid_mfa_code")
