"""``/api/v1/oauth2/placebo``: whether a token is live (wire §3, third row)."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import LegacySwitch
from tests.support.dialects.deviantart import PLACEBO, DeviantArtClient, legacy, placebo
from tests.support.factories import UserFactory, bearer, register, service_token, sign_in_token
from tests.support.oauth import post
from tests.support.reference_site.factories import AccountFactory, MembershipFactory

pytestmark = pytest.mark.django_db

both_methods = pytest.mark.parametrize("method", ["GET", "POST"])


@both_methods
def test_a_live_token_is_a_success_and_nothing_else_is_said(method):
    response = placebo(bearer(), method)

    assert (response.status_code, response.json()) == (200, {"status": "success"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-store"


@both_methods
def test_any_live_token_will_do_whatever_its_scopes_and_kind(method):
    membership = MembershipFactory()
    tokens = [
        bearer(scopes=["api.images.read"]),
        DeviantArtClient(register()).own_token(),
        service_token(AccountFactory().uuid),
        sign_in_token(membership.user, membership.account.uuid),
    ]

    assert [placebo(text, method).json() for text in tokens] == [{"status": "success"}] * 4


@pytest.mark.rfc("6750", "3.1")
@both_methods
def test_a_token_that_is_not_live_is_an_invalid_one(method, clock):
    oauth = DeviantArtClient.at_the_browser_of()
    revoked, expired = oauth.tokens(), bearer()
    oauth.revoke(revoked["access_token"])
    clock.shift(3600)

    for text in (revoked["access_token"], revoked["refresh_token"], expired, "nonsense", bearer()[:-1]):
        response = placebo(text, method)
        assert response.status_code == 401
        assert response.json().keys() == {"status", "error", "error_description"}
        assert (response.json()["status"], response.json()["error"]) == ("error", "invalid_token")
        assert response["WWW-Authenticate"].startswith("Bearer realm=")
        assert 'error="invalid_token"' in response["WWW-Authenticate"]


@pytest.mark.rfc("6750", "3.1")
@both_methods
def test_without_any_token_it_is_401_too_and_the_challenge_names_no_error(method):
    response = placebo(None, method)

    assert response.status_code == 401
    assert (response.json()["status"], response.json()["error"]) == ("error", "invalid_token")
    assert response["WWW-Authenticate"].startswith("Bearer realm=")
    assert "error" not in response["WWW-Authenticate"]


def test_a_session_never_stands_in_for_a_token():
    browser = Client()
    browser.force_login(UserFactory(is_superuser=True))

    assert browser.get(PLACEBO).status_code == 401
    assert browser.get(PLACEBO, headers={"authorization": "Bearer nonsense"}).status_code == 401


def test_the_token_may_stand_in_the_form_or_for_a_switched_application_in_the_address():
    switched = legacy(LegacySwitch.QUERY_TOKEN).application

    assert post(PLACEBO, {"access_token": bearer()}).json() == {"status": "success"}
    by_query = Client().get(PLACEBO, {"access_token": bearer(application=switched)})
    assert by_query.json() == {"status": "success"}


def test_in_the_address_it_is_refused_to_every_other_application():
    response = Client().get(PLACEBO, {"access_token": bearer()})

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    assert response.json()["status"] == "error"


def test_in_two_places_at_once_it_is_refused():
    text = bearer()

    response = post(PLACEBO, {"access_token": text}, authorization=f"Bearer {text}")

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    assert response.json()["status"] == "error"


@pytest.mark.parametrize("status", [403, 413])
def test_what_a_token_limits_is_said_with_the_status(status):
    limits = {403: {"allowed_networks": []}, 413: {"max_request_bytes": 3}}[status]
    headers = {"authorization": f"Bearer {bearer(**limits)}"}

    response = Client().post(PLACEBO, b"more", content_type="application/json", headers=headers)

    assert (response.status_code, response.json()["status"]) == (status, "error")


def test_head_goes_with_get():
    response = placebo(bearer(), "HEAD")

    assert (response.status_code, response.content) == (200, b"")
