"""Modules about the whole code flow: answers to valid requests, and refused requests."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.support.factories import REDIRECT_URI, register
from tests.support.oauth import answer, basic, post
from tests.support.relying_party import (
    NONCE,
    SCOPES,
    RelyingParty,
    SignedIn,
    allow,
    relying_party,
    verified_id_token,
)

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")


@pytest.mark.openid("core", "3.1.3.3")
@pytest.mark.openid("core", "3.1.3.7")
@pytest.mark.openid("core", "2")
def test_oidcc_server(party: RelyingParty) -> None:
    code = party.code()
    assert len(code) >= 22
    answered = party.token(
        grant_type="authorization_code",
        code=code,
        redirect_uri=REDIRECT_URI,
        code_verifier="a-verifier-of-forty-three-characters-or-more",
    )

    signed_in = SignedIn(party, answered.json())
    assert answered["Content-Type"].startswith("application/json")
    assert answered["Cache-Control"] == "no-store"
    assert signed_in.answered["token_type"] == "Bearer"
    assert signed_in.answered["expires_in"] > 0
    assert signed_in.claims["nonce"] == NONCE


@pytest.mark.openid("core", "9")
def test_oidcc_server_client_secret_basic(party: RelyingParty) -> None:
    registered = party.registered
    parameters = {
        "grant_type": "authorization_code",
        "code": party.code(),
        "redirect_uri": REDIRECT_URI,
        "code_verifier": "a-verifier-of-forty-three-characters-or-more",
    }
    answered = post(
        "/oauth/token", parameters, authorization=basic(registered.client_id, registered.client_secret)
    )

    assert SignedIn(party, answered.json()).claims["nonce"] == NONCE


@pytest.mark.openid("core", "9")
def test_oidcc_server_client_secret_post(party: RelyingParty) -> None:
    assert "client_secret" in party.registered.credentials
    assert party.sign_in().claims["nonce"] == NONCE


@pytest.mark.openid("core", "3.1.2.2")
def test_oidcc_response_type_missing(party: RelyingParty) -> None:
    answered = answer(party.authorize(response_type=None))

    assert answered["error"] in ("unsupported_response_type", "invalid_request")
    assert answered["state"] == "a state"


@pytest.mark.openid("core", "3.1.2.6")
@pytest.mark.parametrize(
    "response_type",
    ["id_token", "id_token token", "code id_token", "code token", "code id_token token", "none"],
)
def test_oidcc_response_types_of_other_flows_are_refused(party: RelyingParty, response_type: str) -> None:
    answered = answer(party.authorize(response_type=response_type))

    assert answered["error"] in ("unsupported_response_type", "unauthorized_client")
    assert "code" not in answered


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(party: RelyingParty) -> None:
    assert "nonce" not in party.sign_in(nonce=None).claims


@pytest.mark.openid("core", "2")
@pytest.mark.parametrize(
    "nonce", ["x", "n " * 20, "é–€", "a" * 255, '"}{', "%00%2B+"], ids=lambda one: one[:8]
)
def test_oidcc_the_nonce_comes_back_unchanged(party: RelyingParty, nonce: str) -> None:
    assert party.sign_in(nonce=nonce).claims["nonce"] == nonce


@pytest.mark.openid("core", "3.1.2.2")
def test_oidcc_a_nonce_that_is_sent_twice_is_refused(party: RelyingParty) -> None:
    assert answer(party.authorize(nonce=["a", "b"]))["error"] == "invalid_request"


@pytest.mark.openid("core", "2")
def test_oidcc_each_sign_in_has_the_nonce_of_its_own_request(party: RelyingParty) -> None:
    first, second = party.code(nonce="first"), party.code(nonce="second")

    claims = [SignedIn(party, party.redeem(code).json()).claims for code in (second, first)]
    assert [one["nonce"] for one in claims] == ["second", "first"]


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_ensure_request_with_unknown_parameter_succeeds(party: RelyingParty) -> None:
    assert party.sign_in(extra="foobar", foo="bar").claims["sub"]


@pytest.mark.rfc("7636", "4.6")
def test_oidcc_ensure_request_with_valid_pkce_succeeds(party: RelyingParty) -> None:
    assert party.sign_in().claims["sub"]


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_alternate_happy_flow(party: RelyingParty) -> None:
    parameters = dict(reversed(party.parameters(scope="email openid").items()))
    page = party.browser.get(f"/oauth/authorize?{urlencode(parameters)}")
    decided = allow(party.browser, page)
    signed_in = SignedIn(party, party.redeem(answer(decided)["code"]).json())

    assert signed_in.claims["nonce"] == NONCE
    assert "email" in signed_in.userinfo()


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_without_openid_it_is_an_oauth_request_and_nothing_more(party: RelyingParty) -> None:
    answered = party.tokens(scope="read")

    assert "id_token" not in answered
    assert answered["scope"] == "read"


@pytest.mark.openid("core", "3.1.2.1")
@pytest.mark.parametrize("scope", ["OpenID", "open id", "openid2", "openidprofile"])
def test_oidcc_openid_is_one_word_in_small_letters(party: RelyingParty, scope: str) -> None:
    assert answer(party.authorize(scope=scope))["error"] == "invalid_scope"


@pytest.mark.openid("core", "5.2")
@pytest.mark.parametrize(
    "changes",
    [
        {"display": "page"},
        {"display": "popup"},
        {"display": "touch"},
        {"claims_locales": "se"},
        {"claims_locales": "de fr-CA en"},
        {"ui_locales": "se"},
        {"ui_locales": "x-nonsense de"},
        {"login_hint": "buffy@testserver"},
        {"login_hint": "a" * 300},
    ],
    ids=str,
)
def test_oidcc_what_a_provider_may_overlook_is_no_error(party: RelyingParty, changes: dict[str, str]) -> None:
    """Modules display-page, display-popup, claims-locales, ui-locales and login-hint."""
    assert party.sign_in(**changes).claims["sub"]


@pytest.mark.openid("core", "2")
def test_oidcc_the_audience_is_the_application_that_redeems(party: RelyingParty) -> None:
    other = relying_party()
    one = other.sign_in()

    assert verified_id_token(one.id_token, client_id=other.registered.client_id)
    with pytest.raises(AssertionError):
        verified_id_token(one.id_token, client_id=party.registered.client_id)


@pytest.mark.openid("core", "5.7")
def test_oidcc_the_subject_is_the_same_for_every_application(party: RelyingParty) -> None:
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.get()
    other = relying_party(register(scopes=SCOPES, name="Another"), user)

    assert party.sign_in().claims["sub"] == other.sign_in().claims["sub"]
    assert party.sign_in().claims["sub"] not in (str(user.pk), user.username, user.email)
