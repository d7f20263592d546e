"""After an upgrade: what the legacy profile allowed is refused at once, issued tokens live out their time."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.flows.applications.upgrade import dry_run, upgrade
from oauthcore.models import GrantType, LegacySwitch
from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND
from tests.support.factories import REDIRECT_URI, register
from tests.support.oauth import OAuthClient, answer, is_live, with_person

pytestmark = pytest.mark.django_db

WITHOUT_PKCE = {"code_challenge": None, "code_challenge_method": None}


@pytest.fixture
def oauth(clock: Any) -> OAuthClient:
    """A trusted legacy application that may do everything, so that nobody has to be asked."""
    return with_person(
        register(
            profile="oauth2.0",
            legacy_switches=list(LegacySwitch),
            grant_types=list(GrantType),
            redirect_uris=[REDIRECT_URI, OUT_OF_BAND],
            is_trusted=True,
        )
    )


def upgrade_now(oauth: OAuthClient) -> None:
    assert upgrade(oauth.registered.application, None, confirmed=mark_of(oauth), now=timezone.now())


def mark_of(oauth: OAuthClient) -> str:
    return dry_run(oauth.registered.application, now=timezone.now()).mark


def code_without_pkce(oauth: OAuthClient) -> str:
    return answer(oauth.authorize(**WITHOUT_PKCE))["code"]


def test_a_code_that_was_asked_for_without_pkce_is_refused(oauth):
    code = code_without_pkce(oauth)
    upgrade_now(oauth)

    for verifier in (None, "a-verifier-of-forty-three-characters-or-more"):
        assert oauth.redeem(code, code_verifier=verifier).json()["error"] == "invalid_grant"


def test_a_code_that_was_asked_for_with_plain_is_refused(oauth):
    verifier = "a-verifier-of-forty-three-characters-or-more"
    code = answer(oauth.authorize(code_challenge=verifier, code_challenge_method="plain"))["code"]
    upgrade_now(oauth)

    assert oauth.redeem(code, code_verifier=verifier).json()["error"] == "invalid_grant"


def test_a_code_that_was_asked_for_with_s256_is_redeemed(oauth):
    code = oauth.code()
    upgrade_now(oauth)

    assert oauth.redeem(code).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        (WITHOUT_PKCE, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({**WITHOUT_PKCE, "response_type": "token"}, "unauthorized_client"),
    ],
)
def test_a_request_of_the_old_sort_is_refused(changes, error, oauth):
    upgrade_now(oauth)

    assert answer(oauth.authorize(**changes))["error"] == error


@pytest.mark.parametrize("redirect_uri", [OUT_OF_BAND, f"{REDIRECT_URI}/below"])
def test_a_redirect_uri_of_the_old_sort_is_no_address_any_more(redirect_uri, oauth):
    assert oauth.authorize(redirect_uri=redirect_uri).status_code in (200, 302)
    upgrade_now(oauth)

    assert oauth.authorize(redirect_uri=redirect_uri).status_code == 400


def test_tokens_that_were_issued_before_live_out_their_time(clock, oauth):
    tokens = oauth.redeem(code_without_pkce(oauth), code_verifier=None).json()
    upgrade_now(oauth)

    assert is_live(tokens["access_token"])
    assert is_live(oauth.refresh(tokens["refresh_token"]).json()["access_token"])
    clock.shift(3600)
    assert not is_live(tokens["access_token"])


def test_a_token_in_the_address_is_refused(oauth):
    token = oauth.redeem(code_without_pkce(oauth), code_verifier=None).json()["access_token"]
    address = f"/v1/me?{urlencode({'access_token': token})}"
    assert Client().get(address).status_code == 200

    upgrade_now(oauth)

    assert Client().get(address).json()["error"] == "invalid_request"
