"""Modules of applications that register themselves, with what OpenID Connect adds."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.support.factories import Registered
from tests.support.oauth import OAuthClient
from tests.support.registration import CALLBACK, register_itself, registered_itself
from tests.support.relying_party import RelyingParty, SignedIn, somebody

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")

SCOPE = {"scope": "openid profile email offline_access"}


def sign_in(registered: Registered, **changes: Any) -> SignedIn:
    """Sign somebody in at an application that registered itself."""
    party = RelyingParty(registered, Client())
    party.browser.force_login(somebody())
    asked = {"scope": "openid", "redirect_uri": CALLBACK, **changes}
    code = OAuthClient.code(party, **asked)
    return SignedIn(party, party.redeem(code, redirect_uri=CALLBACK).json())


@pytest.mark.openid("registration", "3.2")
def test_oidcc_registration_of_a_client_that_signs_people_in() -> None:
    registered = registered_itself(**SCOPE)

    assert sign_in(registered).claims["aud"] in (registered.client_id, [registered.client_id])


@pytest.mark.openid("registration", "2")
@pytest.mark.parametrize(
    "members",
    [
        {"userinfo_signed_response_alg": "RS256"},
        {"id_token_encrypted_response_alg": "RSA-OAEP"},
        {"request_object_signing_alg": "RS256"},
        {"request_uris": ["https://tool.example/request.jwt"]},
        {"default_acr_values": ["mfa"]},
        {"require_auth_time": True},
        {"default_max_age": 60},
        {"initiate_login_uri": "https://tool.example/begin"},
        {"frontchannel_logout_uri": "https://tool.example/frame"},
    ],
    ids=str,
)
def test_oidcc_registration_promises_nothing_that_is_not_kept(members: dict[str, object]) -> None:
    """Module userinfo-rs256 and others: refused, or left out of the answer."""
    answered = register_itself(**SCOPE, **members)

    assert answered.status_code in (201, 400)
    assert not set(members) & set(answered.json())


@pytest.mark.openid("registration", "2")
@pytest.mark.parametrize(
    "response_types", [["id_token"], ["code id_token"], ["code", "token id_token"]], ids=str
)
def test_oidcc_registration_of_other_flows(response_types: list[str]) -> None:
    """Refused, or replaced by what is done in the end (RFC 7591 §2)."""
    answered = register_itself(**SCOPE, response_types=response_types)

    if answered.status_code == 201:
        assert answered.json()["response_types"] == ["code"]
    else:
        assert (answered.status_code, answered.json()["error"]) == (400, "invalid_client_metadata")


@pytest.mark.openid("registration", "2")
@pytest.mark.parametrize("name", ["logo_uri", "policy_uri", "tos_uri"])
def test_oidcc_registration_logo_policy_and_tos_uri(name: str) -> None:
    """Modules registration-logo-uri, registration-policy-uri and registration-tos-uri."""
    answered = register_itself(**SCOPE, **{name: "https://tool.example/page"})

    assert answered.status_code == 201


@pytest.mark.openid("core", "11")
def test_oidcc_offline_access_decides_about_the_refresh_token() -> None:
    grants = ["authorization_code", "refresh_token"]
    registered = registered_itself(**SCOPE, grant_types=grants)

    with_it = sign_in(registered, scope="openid offline_access", prompt="consent")
    without = sign_in(registered_itself(**SCOPE, grant_types=grants), scope="openid")
    assert "refresh_token" in with_it.answered
    assert "refresh_token" not in without.answered
