"""The seam for second factors: a site without one, and one that is broken."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from oauthcore.flows.second_factor.codes import TOTPAndRecoveryCodes
from oauthcore.models import Grant, MFAChallenge, TOTPFactor
from tests.support.factories import PASSWORD, UserFactory, sign_in_token
from tests.support.reference_site.factories import MembershipFactory

pytestmark = pytest.mark.django_db


class CarelessCode:
    """Says of a wrong code what is no method, as a check that says yes or no does."""

    answer: Any = False

    def methods_of(self, user: Any) -> list[str]:
        return ["totp"]

    def use(self, user: Any, code: str) -> Any:
        return self.answer


@pytest.fixture
def person() -> Any:
    """Somebody who has switched on oauthcore's own factor."""
    user = UserFactory()
    TOTPFactor.prepare(user, now=timezone.now())
    TOTPFactor.objects.update(confirmed_at=timezone.now())
    return user


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def plug_in(settings: Settings, factor: str) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR": factor}


def sign_in(client: Client, user: Any) -> Any:
    shown = {"login": user.username, "password": PASSWORD, "device": {"name": "Phone", "platform": "ios"}}
    return client.post("/v1/auth/sign_in", shown, content_type="application/json")


def log_in(client: Client, user: Any) -> Any:
    return client.post("/login", {"username": user.username, "password": PASSWORD})


def test_a_site_without_one_asks_nobody(settings, client, person):
    assert "mfa_token" in sign_in(client, person).json()

    plug_in(settings, "oauthcore.second_factor.NoSecondFactor")

    assert "refresh_token" in sign_in(client, person).json()
    log_in(client, person)
    assert get_user(client) == person


def test_a_site_without_one_has_nothing_to_switch_on(settings, client):
    member = MembershipFactory(user=UserFactory())
    token = sign_in_token(member.user, member.account.uuid)
    plug_in(settings, "oauthcore.second_factor.NoSecondFactor")

    answer = client.post(
        "/v1/auth/mfa/totp",
        {"password": PASSWORD},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_one_that_cannot_say_what_people_have_lets_nobody_in(settings, client, person):
    plug_in(settings, "tests.support.second_factors.BrokenFactor")

    answer, page = sign_in(client, person), log_in(client, person)

    assert (answer.status_code, answer.json()["error"], page.status_code) == (500, "server_error", 500)
    assert not Grant.objects.exists()
    assert get_user(client).is_anonymous


def test_one_that_cannot_look_at_codes_lets_nobody_in(settings, client, person):
    plug_in(settings, "tests.support.second_factors.BrokenCode")
    asked = sign_in(client, person).json()
    log_in(client, person)

    shown = {"mfa_token": asked["mfa_token"], "code": "123456"}
    answer = client.post("/v1/auth/mfa", shown, content_type="application/json")
    page = client.post("/oauth/second-step", {"code": "123456"})

    assert (answer.status_code, answer.json()["error"], page.status_code) == (500, "server_error", 500)
    assert not Grant.objects.exists()
    assert get_user(client).is_anonymous


@pytest.mark.parametrize("answer", [False, "", 0, None])
def test_nothing_that_is_no_method_stands_for_a_right_code(settings, client, person, monkeypatch, answer):
    monkeypatch.setattr(CarelessCode, "answer", answer)
    plug_in(settings, "tests.flows.second_factor.test_sites_own.CarelessCode")
    asked = sign_in(client, person).json()
    log_in(client, person)

    shown = {"mfa_token": asked["mfa_token"], "code": "123456"}
    refused = client.post("/v1/auth/mfa", shown, content_type="application/json")
    client.post("/oauth/second-step", {"code": "123456"})

    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_mfa_code")
    assert MFAChallenge.objects.filter(failures=1, used_at=None).count() == 2
    assert not Grant.objects.exists()
    assert get_user(client).is_anonymous


def test_a_login_elsewhere_is_refused_while_nobody_can_say_what_the_person_has(settings, client, person):
    plug_in(settings, "tests.support.second_factors.BrokenFactor")
    person.is_staff = person.is_superuser = True
    person.save()

    client.post("/admin/login/?next=/admin/", {"username": person.username, "password": PASSWORD})

    assert client.get("/admin/").status_code == 302
    assert get_user(client).is_anonymous


def test_no_code_is_right_for_somebody_whose_factor_was_switched_off_meanwhile(person):
    TOTPFactor.objects.filter(user=person).delete()

    assert TOTPAndRecoveryCodes().use(person, "123456") is None
