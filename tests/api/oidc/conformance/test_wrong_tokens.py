"""Tokens in the wrong place: an id token gives no access, and only an id token is a hint."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.support.factories import EVERY_GRANT_TYPE, REDIRECT_URI, register
from tests.support.oauth import VERIFIER, answer, me, post
from tests.support.proofs import Prover
from tests.support.relying_party import (
    SCOPES,
    USERINFO,
    RelyingParty,
    SignedIn,
    allow,
    relying_party,
    userinfo,
)

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")

GRANT = "urn:ietf:params:oauth:grant-type:"
TYPE = "urn:ietf:params:oauth:token-type:"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

PLACES: dict[str, Callable[[str], dict[str, str]]] = {
    "code": lambda token: {"grant_type": "authorization_code", "code": token},
    "refresh token": lambda token: {"grant_type": "refresh_token", "refresh_token": token},
    "device code": lambda token: {"grant_type": f"{GRANT}device_code", "device_code": token},
    "assertion": lambda token: {"grant_type": f"{GRANT}jwt-bearer", "assertion": token},
    "subject token": lambda token: {
        "grant_type": f"{GRANT}token-exchange",
        "subject_token": token,
        "subject_token_type": f"{TYPE}access_token",
    },
    "id token to exchange": lambda token: {
        "grant_type": f"{GRANT}token-exchange",
        "subject_token": token,
        "subject_token_type": f"{TYPE}id_token",
    },
}


@pytest.mark.openid("core", "2")
@pytest.mark.parametrize("place", PLACES)
def test_an_id_token_gives_no_token(place: str) -> None:
    grants = [*EVERY_GRANT_TYPE, f"{GRANT}jwt-bearer", f"{GRANT}token-exchange", f"{GRANT}device_code"]
    party = relying_party(register(scopes=SCOPES, grant_types=grants))
    refused = post("/oauth/token", party.registered.credentials | PLACES[place](party.sign_in().id_token))

    assert refused.status_code == 400
    assert "access_token" not in refused.json()


def test_an_id_token_is_no_assertion_of_an_application(party: RelyingParty) -> None:
    parameters = {
        "client_assertion_type": ASSERTION,
        "client_assertion": party.sign_in().id_token,
        "grant_type": "client_credentials",
    }
    refused = post("/oauth/token", parameters)

    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


@pytest.mark.openid("core", "2")
@pytest.mark.parametrize("path", ["/v1/me", "/v1/images", "/mcp", "/api/v1/accounts/verify_credentials"])
def test_an_id_token_opens_no_view(party: RelyingParty, path: str) -> None:
    headers = {"authorization": f"Bearer {party.sign_in(scope='openid profile email read').id_token}"}

    assert Client().get(path, headers=headers).status_code in (401, 405)
    assert Client().post(path, headers=headers).status_code in (401, 405)


@pytest.mark.openid("core", "3.1.2.1")
def test_a_jwt_access_token_is_no_hint(party: RelyingParty) -> None:
    other = relying_party(register(scopes=SCOPES, access_token_format="jwt"))
    token = other.sign_in(scope="openid read").access_token
    assert me(token).status_code == 200

    party.sign_in()
    assert "error" in party.silently(id_token_hint=token)


@pytest.mark.openid("core", "5.3")
def test_userinfo_takes_a_jwt_access_token_of_an_openid_grant() -> None:
    signed_in = relying_party(register(scopes=SCOPES, access_token_format="jwt")).sign_in()

    assert signed_in.userinfo() == {"sub": signed_in.claims["sub"]}


@pytest.mark.openid("core", "5.3.1")
@pytest.mark.rfc("9449", "7.2")
def test_userinfo_takes_a_bound_token_with_its_proof_only() -> None:
    prover, party = Prover(), relying_party(register(scopes=SCOPES, dpop_bound_access_tokens=True))
    sent = party.registered.credentials | {
        "grant_type": "authorization_code",
        "code": party.code(),
        "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER,
    }
    token = post("/oauth/token", sent, dpop=prover.proof()).json()["access_token"]

    assert userinfo(token).status_code == 401
    assert prover.get(USERINFO, token).json()["sub"]


@pytest.mark.openid("core", "3.1.2.5")
def test_the_answer_may_come_as_a_form(party: RelyingParty) -> None:
    page = party.authorize(response_mode="form_post")
    decided = party.decide(transaction=page.context["transaction"], response_mode="form_post")

    assert decided.status_code == 200
    assert b'name="code"' in decided.content
    assert b"id_token" not in decided.content


@pytest.mark.openid("core", "3.1.2.5")
def test_no_token_is_in_the_address_that_the_browser_is_sent_to(party: RelyingParty) -> None:
    assert set(answer(party.decide())) == {"code", "state", "iss"}


def test_a_pushed_request_keeps_what_openid_adds(party: RelyingParty) -> None:
    pushed = post("/oauth/par", party.parameters(nonce="pushed") | party.registered.credentials).json()
    page = party.browser.get(
        "/oauth/authorize",
        {"client_id": party.registered.client_id, "request_uri": pushed["request_uri"]},
    )
    answered = party.redeem(answer(allow(party.browser, page))["code"]).json()

    assert SignedIn(party, answered).claims["nonce"] == "pushed"
