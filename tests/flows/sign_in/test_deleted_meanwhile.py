"""A person who is deleted while they sign in is refused like an unknown login, and raises no false alarm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.db import IntegrityError
from django.test import Client

from oauthcore.flows.second_factor.codes import TOTPAndRecoveryCodes
from oauthcore.flows.sign_in import session_tokens, sign_in
from oauthcore.models import Device, Grant, MFAChallenge, SecurityEvent
from tests.support.factories import PASSWORD
from tests.support.oauth import with_person
from tests.support.sign_in.client import AppClient
from tests.support.sign_in.people import with_account, with_second_factor

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = (401, "invalid_credentials")


def delete_everybody() -> None:
    """Delete people as somebody else does, of whom this request has not heard."""
    get_user_model()._default_manager.all().delete()


class DeletedAfterThePassword(ModelBackend):
    """The person is gone as soon as their password was right."""

    def authenticate(self, request: Any, **shown: Any) -> Any:
        user = super().authenticate(request, **shown)
        delete_everybody()
        return user


class DeletedAfterTheQuestion(TOTPAndRecoveryCodes):
    """The person is gone as soon as it is known that they have a second factor."""

    def methods_of(self, user: Any) -> Sequence[str]:
        methods = super().methods_of(user)
        delete_everybody()
        return methods


@pytest.fixture(params=["password", "question"])
def deleted(request: pytest.FixtureRequest, settings: Any) -> None:
    """Let people be deleted at a moment of the sign-in."""
    if request.param == "password":
        settings.AUTHENTICATION_BACKENDS = [f"{__name__}.DeletedAfterThePassword"]
    else:
        factor = f"{__name__}.DeletedAfterTheQuestion"
        settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR": factor}


@pytest.mark.parametrize("make", [with_account, with_second_factor])
def test_signing_in_from_an_app_is_refused(make: Any, deleted: None) -> None:
    make(username="ada")

    assert AppClient().sign_in().refused == REFUSED
    assert not Grant.objects.exists()
    assert not Device.objects.exists()
    assert not MFAChallenge.objects.exists()


@pytest.mark.parametrize("make", [with_account, with_second_factor])
def test_the_login_page_says_that_the_two_do_not_belong_together(make: Any, deleted: None) -> None:
    make(username="ada")
    browser = Client()

    answer = browser.post("/login", {"username": "ada", "password": PASSWORD})

    assert answer.status_code == 200
    assert "username or the password is wrong" in answer.content.decode()
    assert "_auth_user_id" not in browser.session
    assert not SecurityEvent.objects.filter(kind="signed_in").exists()


def test_setting_up_a_second_factor_is_refused(settings: Any) -> None:
    with_account(username="ada")
    bearer = AppClient().access_token()
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.DeletedAfterThePassword"]

    assert AppClient().begin_totp(bearer).refused == REFUSED


def test_a_device_refresh_is_refused_and_nobody_is_told_of_a_theft(monkeypatch: pytest.MonkeyPatch) -> None:
    ada, app = with_account(username="ada"), AppClient()
    refresh_token = app.sign_in().json["refresh_token"]
    find_account = session_tokens.find_account

    def find_and_delete(*args: Any) -> Any:
        found = find_account(*args)
        delete_everybody()
        return found

    monkeypatch.setattr(session_tokens, "find_account", find_and_delete)

    assert app.token(refresh_token, ada.account.pk).refused == (401, "invalid_refresh_token")
    assert not SecurityEvent.objects.filter(kind="refresh_token_replayed").exists()


def test_an_application_whose_person_is_deleted_meanwhile_hears_that_the_grant_is_invalid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    oauth = with_person()
    code, tokens = oauth.code(), oauth.tokens()
    events_before = SecurityEvent.objects.count()
    use = Grant.renew_password_mark

    def delete_and_use(grant: Grant, **how: Any) -> Any:
        delete_everybody()
        return use(grant, **how)

    monkeypatch.setattr(Grant, "renew_password_mark", delete_and_use)

    for answer in (oauth.refresh(tokens["refresh_token"]), oauth.redeem(code)):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert SecurityEvent.objects.count() == events_before


def test_an_error_of_somebody_who_is_there_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    with_account(username="ada")

    def conflict(*args: Any) -> None:
        raise IntegrityError("of something else")

    monkeypatch.setattr(sign_in, "open_session", conflict)

    assert AppClient().sign_in().status == 500
