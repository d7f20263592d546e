"""The implicit grant, for legacy applications that are registered for it: what it answers (RFC 6749 §4.2).

Wire §2 point 7.
"""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import Application, AuthorizationCode, Consent, Grant, Token
from tests.support.factories import REDIRECT_URI
from tests.support.oauth import OAuthClient, is_live, me
from tests.support.pages.legacy import (
    IMPLICIT,
    TOKEN,
    at_browser_of,
    fragment_of,
    register_implicit,
)
from tests.support.reference_site.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(printer: OAuthClient) -> OAuthClient:
    """A legacy application that may ask for tokens at the authorize page."""
    return at_browser_of(printer, register_implicit())


@pytest.mark.rfc("6749", "4.2.2")
def test_a_yes_is_answered_with_a_token_in_the_fragment(old: OAuthClient, atomic_requests: bool) -> None:
    response = old.decide(**TOKEN)

    assert response["Location"].startswith(f"{REDIRECT_URI}#")
    told = fragment_of(response)
    assert set(told) == {"access_token", "token_type", "expires_in", "scope", "state", "iss"}
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", "3600", "read")
    assert (told["state"], told["iss"]) == ("a state", "https://testserver")
    assert me(told["access_token"]).json()["user"]["username"] == "ada"
    assert not AuthorizationCode.objects.exists()


def test_there_is_no_refresh_token_and_nothing_outlives_the_token(clock: Any, old: OAuthClient) -> None:
    token = fragment_of(old.decide(**TOKEN))["access_token"]
    assert [one.kind for one in Token.objects.all()] == ["access"]

    clock.shift(3599)
    assert is_live(token)
    clock.shift(1)
    assert not is_live(token)


def test_no_answer_of_it_is_stored_or_sent_on_as_a_referrer(old: OAuthClient) -> None:
    response = old.decide(**TOKEN)

    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert response.content == b""


def test_a_token_that_never_expires_has_no_expires_in(printer: OAuthClient) -> None:
    old = at_browser_of(printer, register_implicit(access_tokens_expire=False))

    assert "expires_in" not in fragment_of(old.decide(**TOKEN))


def test_a_state_that_was_not_sent_does_not_come_back(old: OAuthClient) -> None:
    assert "state" not in fragment_of(old.decide(**TOKEN, state=None))


@pytest.mark.parametrize("state", ["&access_token=forged", "#x", "é", "a b+c", "\r\nX: y", "%26"], ids=ascii)
def test_a_state_comes_back_as_it_was_and_adds_no_parameter(old: OAuthClient, state: str) -> None:
    told = fragment_of(old.decide(**TOKEN, state=state))

    assert told["state"] == state
    assert me(told["access_token"]).status_code == 200


def test_what_was_ticked_is_what_the_token_can_do_and_what_its_scope_says(old: OAuthClient) -> None:
    told = fragment_of(old.decide(**TOKEN, scope="read api.images.read", form={"scope": ["read"]}))

    assert told["scope"] == "read"
    assert me(told["access_token"]).json()["scopes"] == ["read"]


def test_the_token_works_on_the_account_that_was_chosen(old: OAuthClient, ada: Any) -> None:
    _, chosen = (MembershipFactory(user=ada).account for _ in range(2))

    told = fragment_of(old.decide(**TOKEN, form={"account": str(chosen.uuid)}))

    assert me(told["access_token"]).json()["account"]["uuid"] == str(chosen.uuid)


@pytest.mark.parametrize("mode", ["fragment", ""])
def test_whoever_asks_for_the_fragment_gets_it(old: OAuthClient, mode: str) -> None:
    assert fragment_of(old.decide(**TOKEN, response_mode=mode))["access_token"]


def test_an_address_that_has_a_query_keeps_it(printer: OAuthClient) -> None:
    uri = f"{REDIRECT_URI}?tenant=7"
    old = at_browser_of(printer, register_implicit(redirect_uris=[uri]))

    assert old.decide(**TOKEN, redirect_uri=uri)["Location"].startswith(f"{uri}#access_token=")


def test_a_challenge_means_nothing_here_and_is_passed_over(old: OAuthClient) -> None:
    assert fragment_of(old.decide(response_type="token"))["access_token"]


def test_what_was_approved_before_is_answered_without_a_page(old: OAuthClient) -> None:
    old.decide(**TOKEN)

    assert fragment_of(old.authorize(**TOKEN))["access_token"]
    assert is_live(fragment_of(old.authorize(**TOKEN, prompt="none"))["access_token"])
    more = fragment_of(old.authorize(**TOKEN, scope="read api.images.read", prompt="none"))
    assert more["error"] == "consent_required"
    assert Consent.objects.get().scopes == {"read"}


def test_the_metadata_speak_of_no_implicit_grant(client: Any, old: OAuthClient) -> None:
    told = client.get("/.well-known/oauth-authorization-server").json()

    assert told["response_types_supported"] == ["code"]
    assert IMPLICIT not in told["grant_types_supported"]


def test_its_token_is_revoked_like_any_other(old: OAuthClient) -> None:
    token = fragment_of(old.decide(**TOKEN))["access_token"]

    assert old.revoke(token).status_code == 200
    assert not is_live(token)
    assert Grant.objects.get().revoked_at is not None


def test_switching_the_application_off_ends_its_tokens(old: OAuthClient) -> None:
    token = fragment_of(old.decide(**TOKEN))["access_token"]
    Application.objects.update(is_enabled=False)

    assert not is_live(token)
