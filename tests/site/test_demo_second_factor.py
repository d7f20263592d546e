"""Whoever of the demo has a second factor: what ``demo_data`` says of it logs them in (wire §7)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from oauthcore.models import TOTPFactor
from oauthcore.rules.sign_in import totp
from tests.support.reference_site.demo import demo_data, demo_object

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("what the demo prints of a seed"),
]


@pytest.fixture
def cleo(demo: dict[str, Any]) -> dict[str, Any]:
    """The one who has TOTP on."""
    (found,) = (user for user in demo["users"] if user["totp_secret"])
    return found


def sign_in(user: dict[str, Any], code: str) -> Any:
    """Show password and code in an app."""
    shown = {name: user[name] for name in ("password",)} | {"login": user["username"]}
    device = {"name": "Phone", "platform": "ios"}
    asked = (
        Client().post("/v1/auth/sign_in", shown | {"device": device}, content_type="application/json").json()
    )
    answer = {"mfa_token": asked["mfa_token"], "code": code}
    return Client().post("/v1/auth/mfa", answer, content_type="application/json")


def code_of(user: dict[str, Any]) -> str:
    """Return what an authenticator app shows now."""
    return totp.code_at(totp.key_from_text(user["totp_secret"]), int(timezone.now().timestamp()) // totp.STEP)


def test_the_secret_is_one_for_authenticator_apps_and_nobody_else_has_one(demo, cleo):
    assert re.fullmatch("[A-Z2-7]{32}", cleo["totp_secret"])
    assert len(set(cleo["recovery_codes"])) == 10
    others = [user for user in demo["users"] if user["username"] != cleo["username"]]
    assert [(user["totp_secret"], user["recovery_codes"]) for user in others] == [(None, [])] * 3


def test_its_codes_and_recovery_codes_log_them_in(cleo):
    assert sign_in(cleo, code_of(cleo)).json()["user"]["username"] == cleo["username"]
    assert sign_in(cleo, cleo["recovery_codes"][0]).status_code == 200


def test_a_second_run_gives_new_recovery_codes_and_the_same_secret(cleo):
    code = code_of(cleo)
    assert sign_in(cleo, code).status_code == 200

    again = next(user for user in demo_object()["users"] if user["totp_secret"])

    assert again["totp_secret"] == cleo["totp_secret"]
    assert sign_in(cleo, cleo["recovery_codes"][1]).json()["error"] == "invalid_mfa_code"
    assert sign_in(again, code_of(again)).status_code == 200
    assert sign_in(again, again["recovery_codes"][0]).status_code == 200


def test_a_second_run_takes_the_factor_off_whoever_was_not_meant_to_have_one(demo):
    ada = User.objects.get(username="ada")
    TOTPFactor.prepare(ada, now=timezone.now())
    TOTPFactor.objects.filter(user=ada).update(confirmed_at=timezone.now())

    demo_object()

    assert TOTPFactor.of(ada) is None


def test_the_banner_says_who_has_it_and_how_to_get_in(settings):
    banner = demo_data()

    secret = re.search("otpauth://totp/\\S+secret=([A-Z2-7]{32})&", banner)
    assert secret is not None
    assert f"    {secret[1]}\n" in banner
    assert "cleo has TOTP on" in banner
    assert f"{settings.OAUTHCORE['ISSUER']}/v1/auth/sign_in" in banner
