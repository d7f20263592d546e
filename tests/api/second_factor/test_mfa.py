"""``POST /v1/auth/mfa``: the second step, with a code of the app or a recovery code (wire §6)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from oauthcore.models import Device, Grant, RecoveryCode, SecurityEvent
from tests.support.sign_in.client import PHONE, AppClient
from tests.support.sign_in.people import Person, with_second_factor

pytestmark = pytest.mark.django_db

WRONG, OVER = (401, "invalid_mfa_code"), (401, "invalid_mfa_token")


@pytest.fixture
def tess(person_with_totp: Person) -> Person:
    """Tess, whose second factor is on."""
    return person_with_totp


def test_whoever_has_a_second_factor_gets_an_mfa_token_and_nothing_else(
    tess_app: AppClient, tess: Person
) -> None:
    answer = tess_app.sign_in()

    assert answer.status == 200
    assert answer.json == {
        "mfa_required": True,
        "mfa_token": answer.json["mfa_token"],
        "expires_in": 300,
        "methods": ["totp", "recovery_code"],
    }
    assert not Grant.objects.exists()
    assert not SecurityEvent.objects.exists()


def test_the_code_gives_the_session_that_the_password_would_have_given(
    tess_app: AppClient, tess: Person
) -> None:
    own = str(uuid4())

    answer = tess_app.mfa(tess_app.mfa_token(device={**PHONE, "uuid": own}), tess.code())

    assert answer.status == 200
    assert answer.json["refresh_token_expires_at"] == "2030-09-13T12:00:00Z"
    assert answer.json["device"] == {
        "uuid": str(Grant.objects.get().uuid),
        "client_uuid": own,
        "name": "Ada's phone",
        "platform": "ios",
        "app_version": "1.2.0",
        "created_at": "2030-06-15T12:00:00Z",
    }
    assert answer.json["user"] == {"id": tess.user.pk, "username": "tess"}
    assert answer.json["accounts"] == [
        {"uuid": str(tess.account.pk), "name": tess.account.name, "role": "owner"}
    ]
    assert tess_app.token(answer.json["refresh_token"], tess.account.pk).status == 200


def test_what_the_second_request_says_of_a_device_counts_for_nothing(
    tess_app: AppClient, tess: Person
) -> None:
    other = {"name": "Another", "platform": "web"}

    answer = tess_app.mfa(tess_app.mfa_token(), tess.code(), device=other, login="ada")

    assert answer.json["device"]["name"] == "Ada's phone"
    assert Device.objects.get().platform == "ios"


@pytest.mark.parametrize("steps", [-1, 0, 1])
@pytest.mark.rfc("6238", "5.2")
def test_a_code_one_step_early_or_late_is_taken(tess_app: AppClient, tess: Person, steps: int) -> None:
    assert tess_app.mfa(tess_app.mfa_token(), tess.code(steps=steps)).status == 200


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_further_away_is_wrong_whatever_the_client_says_of_the_time(
    tess_app: AppClient, tess: Person, steps: int
) -> None:
    at = int(timezone.now().timestamp()) + 30 * steps
    members = {"mfa_token": tess_app.mfa_token(), "code": tess.code(steps=steps), "time": at, "timestamp": at}

    answer = tess_app.call("POST", "mfa", members, date="Sat, 15 Jun 2030 11:59:00 GMT")

    assert answer.refused == WRONG


@pytest.mark.rfc("6238", "5.2")
def test_a_code_works_once_and_an_earlier_one_not_any_more(
    tess_app: AppClient, tess: Person, clock: Any
) -> None:
    before, used = tess.code(steps=-1), tess.code()
    assert tess_app.mfa(tess_app.mfa_token(), used).status == 200

    mfa_token = tess_app.mfa_token()
    for code in (used, f"{used[:3]} {used[3:]}", before):
        assert tess_app.mfa(mfa_token, code).refused == WRONG

    clock.shift(30)
    assert tess_app.mfa(mfa_token, tess.code()).status == 200


@pytest.mark.parametrize("spelling", ["{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", " {0} ", "{0}\n"])
def test_single_spaces_in_a_code_are_no_part_of_it(tess_app: AppClient, tess: Person, spelling: str) -> None:
    assert tess_app.mfa(tess_app.mfa_token(), spelling.format(tess.code())).status == 200


@pytest.mark.parametrize("spelling", ["+{0}", "-{0}", "{1}-{2}", "{1}  {2}", "{1}\t{2}", "{1}\n{2}"])
def test_signs_and_other_spaces_in_a_code_make_it_a_wrong_one(
    tess_app: AppClient, tess: Person, spelling: str
) -> None:
    code, mfa_token = tess.code(), tess_app.mfa_token()

    assert tess_app.mfa(mfa_token, spelling.format(code, code[:3], code[3:])).refused == WRONG
    assert tess_app.mfa(mfa_token, code).status == 200  # it was not used up


def test_digits_of_another_script_are_no_digits(tess_app: AppClient, tess: Person) -> None:
    full_width = tess.code().translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})

    assert tess_app.mfa(tess_app.mfa_token(), full_width).refused == WRONG


@pytest.mark.parametrize("spelling", [str, str.upper, lambda code: code.replace("-", "")])
def test_a_recovery_code_works_once_ever_however_it_is_typed(
    tess_app: AppClient, tess: Person, spelling: Any
) -> None:
    code = tess.recovery_codes[3]

    assert tess_app.mfa(tess_app.mfa_token(), spelling(code)).status == 200
    assert tess_app.mfa(tess_app.mfa_token(), code).refused == WRONG

    assert RecoveryCode.objects.filter(used_at=None).count() == 9
    event = SecurityEvent.objects.get(kind=SecurityEvent.Kind.RECOVERY_CODE_USED)
    assert event.user_ref == str(tess.user.pk)
    assert tess_app.mfa(tess_app.mfa_token(), tess.recovery_codes[4]).status == 200


def test_recovery_codes_cost_no_password_hash(hashed: list[bool], tess_app: AppClient, tess: Person) -> None:
    mfa_token = tess_app.mfa_token()
    hashed.clear()

    tess_app.mfa(mfa_token, "aaaa-aaaa-aaaa-aaaa")
    tess_app.mfa(mfa_token, tess.recovery_codes[0])

    assert hashed == []


def test_the_code_of_somebody_else_is_wrong(tess_app: AppClient, tess: Person) -> None:
    theo = with_second_factor(username="theo")

    mfa_token = tess_app.mfa_token()

    for code in (theo.code(), theo.recovery_codes[0]):
        assert tess_app.mfa(mfa_token, code).refused == WRONG
    assert RecoveryCode.objects.filter(used_at=None).count() == 20


@pytest.mark.parametrize(
    ("members", "details"),
    [
        ({}, {"mfa_token", "code"}),
        ({"mfa_token": 1, "code": 123456}, {"mfa_token", "code"}),
        ({"mfa_token": "x" * 1001, "code": "1" * 65}, {"mfa_token", "code"}),
    ],
)
def test_what_is_missing_or_not_valid_is_named(
    tess_app: AppClient, tess: Person, members: dict[str, Any], details: set[str]
) -> None:
    answer = tess_app.call("POST", "mfa", members)

    assert answer.refused == (400, "invalid_request")
    assert answer.json["error_details"].keys() == details


def test_a_factor_that_waits_to_be_confirmed_asks_nothing(app: AppClient, person: Person) -> None:
    app.begin_totp(app.access_token())

    assert "refresh_token" in app.sign_in().json
