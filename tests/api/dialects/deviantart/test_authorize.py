"""``/oauth2/authorize``: the same page at another address (wire §3, first row)."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import GrantType, LegacySwitch
from tests.support.dialects.deviantart import DeviantArtClient, legacy
from tests.support.factories import REDIRECT_URI, register
from tests.support.oauth import OAuthClient, answer, is_live, me

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("a second route to a view that is tested everywhere"),
]


def test_authorize_is_the_same_engine_a_code_of_either_address_is_good_at_the_other():
    dialect = DeviantArtClient.at_the_browser_of()
    plain = OAuthClient(dialect.registered, dialect.browser)

    here, there = dialect.redeem(plain.code()), plain.redeem(dialect.code())

    assert is_live(here.json()["access_token"])
    assert is_live(there.json()["access_token"])


def test_the_form_of_the_page_is_answered_at_the_address_it_was_opened_at():
    page = DeviantArtClient.at_the_browser_of().authorize()

    assert page.status_code == 200
    assert page.context["form_action"].startswith("/oauth2/authorize?")
    assert page["X-Frame-Options"] == "DENY"
    assert "Access-Control-Allow-Origin" not in page


def test_whoever_is_not_logged_in_comes_back_to_the_same_address():
    response = DeviantArtClient(register()).authorize()

    assert response.status_code == 302
    assert response["Location"].startswith("/login?next=/oauth2/authorize%3F")


def test_a_wrong_redirect_uri_is_a_page_here_too_and_never_a_redirect():
    response = DeviantArtClient.at_the_browser_of().authorize(redirect_uri="https://evil.example/cb")

    assert response.status_code == 400
    assert "Location" not in response


def test_an_oauth_2_1_application_needs_pkce_here_too():
    sent = DeviantArtClient.at_the_browser_of().authorize(code_challenge=None, code_challenge_method=None)

    assert answer(sent)["error"] == "invalid_request"


def test_a_legacy_application_goes_the_whole_way_without_pkce():
    oauth = DeviantArtClient.at_the_browser_of(registered=legacy(LegacySwitch.OPTIONAL_PKCE))
    code = oauth.code(code_challenge=None, code_challenge_method=None)

    tokens = oauth.redeem(code, code_verifier=None).json()

    assert tokens["status"] == "success"
    assert oauth.is_refreshable(tokens)


def test_a_legacy_application_with_the_implicit_grant_gets_its_token_in_the_fragment():
    oauth = DeviantArtClient.at_the_browser_of(registered=legacy(grant_types=[GrantType.IMPLICIT]))
    changes = {"response_type": "token", "code_challenge": None, "code_challenge_method": None}

    location = oauth.decide(**changes)["Location"]

    assert location.startswith(f"{REDIRECT_URI}#")
    assert "access_token=" in location
    assert "refresh_token" not in location


def test_the_number_of_an_application_works_as_its_client_id_and_answers_use_the_string():
    oauth = DeviantArtClient.at_the_browser_of()
    number = str(oauth.registered.application.pk)

    code = oauth.code(client_id=number)
    tokens = oauth.redeem(code, client_id=number).json()

    assert me(tokens["access_token"]).json()["application"]["client_id"] == oauth.registered.client_id
    assert oauth.revoke(tokens["access_token"], **oauth.registered.credentials | {"client_id": number}).json()
    assert not is_live(tokens["access_token"])


@pytest.mark.parametrize("written", ["+{}", " {}", "{}.0", "-{}"])
def test_a_number_that_is_written_otherwise_is_no_client_id(written):
    oauth = DeviantArtClient(register())
    written = written.format(oauth.registered.application.pk)

    response = oauth.token(grant_type="client_credentials", client_id=written)

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("method", ["head", "put", "delete", "options"])
def test_the_page_has_get_and_post_only(method):
    assert getattr(Client(), method)("/oauth2/authorize").status_code == 405
