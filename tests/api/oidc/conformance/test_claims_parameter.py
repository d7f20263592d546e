"""Modules about single claims that are asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.oauth import answer
from tests.support.relying_party import RelyingParty, configuration, relying_party, somebody

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")


@pytest.fixture
def ada() -> RelyingParty:
    """Somebody who has a name and an address."""
    return relying_party(user=somebody(username="ada"))


@pytest.mark.openid("core", "5.5")
@pytest.mark.openid("core", "5.5.1")
def test_oidcc_claims_essential(ada: RelyingParty) -> None:
    signed_in = ada.sign_in(claims=json.dumps({"userinfo": {"name": {"essential": True}}}))

    assert signed_in.userinfo() == {"sub": signed_in.claims["sub"], "name": "Ada Lindqvist"}
    assert "name" not in signed_in.claims


@pytest.mark.openid("core", "5.5")
def test_oidcc_claims_in_the_id_token(ada: RelyingParty) -> None:
    signed_in = ada.sign_in(claims=json.dumps({"id_token": {"email": None, "name": None}}))

    assert signed_in.claims["name"] == "Ada Lindqvist"
    assert signed_in.claims["email"].endswith("@people.example")
    assert set(signed_in.userinfo()) == {"sub"}


UNKNOWN = [
    {"userinfo": {"http://example.info/claims/groups": None, "quota": None}},
    {"id_token": {"groups": None}, "userinfo": {"groups": {"essential": True}}},
    {"userinfo": {"password": None, "is_superuser": None, "__class__": None, "sub": None}},
    {"elsewhere": {"name": None}},
    {"userinfo": {"name": {"essential": False, "purpose": "why"}}},
    {"userinfo": {"given_name#ja-Kana-JP": None}},
    {},
]


@pytest.mark.openid("core", "5.5")
@pytest.mark.openid("core", "5.5.1")
@pytest.mark.parametrize("claims", UNKNOWN, ids=str)
def test_oidcc_claims_that_nobody_here_knows_are_ignored(ada: RelyingParty, claims: dict[str, Any]) -> None:
    signed_in = ada.sign_in(claims=json.dumps(claims))

    assert set(signed_in.userinfo()) <= {"sub", "name"}
    assert not {"groups", "quota", "password", "is_superuser"} & set(signed_in.claims)


@pytest.mark.openid("core", "5.5")
@pytest.mark.parametrize(
    "claims",
    ["nonsense", "[]", '"x"', "1", "null", '{"userinfo": []}', '{"userinfo": {"name": 1}}', "{" * 2000],
    ids=lambda text: text[:20],
)
def test_oidcc_claims_that_are_no_such_object_are_refused(ada: RelyingParty, claims: str) -> None:
    assert answer(ada.authorize(claims=claims))["error"] == "invalid_request"


@pytest.mark.openid("core", "5.5.1.1")
def test_oidcc_claims_with_an_essential_acr_that_nobody_can_reach(ada: RelyingParty) -> None:
    ada.sign_in()
    wanted = json.dumps({"id_token": {"acr": {"essential": True, "values": ["urn:example:silver"]}}})

    assert "error" in ada.silently(claims=wanted)
    assert "code=" not in ada.authorize(claims=wanted).headers.get("Location", "")


@pytest.mark.openid("core", "5.5.1.1")
def test_oidcc_claims_with_a_voluntary_acr(ada: RelyingParty) -> None:
    wanted = json.dumps({"id_token": {"acr": {"values": ["urn:example:silver"]}}})

    assert ada.sign_in(claims=wanted).claims["sub"]


@pytest.mark.openid("discovery", "3")
def test_oidcc_the_configuration_names_the_claims(ada: RelyingParty) -> None:
    found = configuration()

    assert found["claims_parameter_supported"] is True
    assert {"sub", "iss", "name", "email"} <= set(found["claims_supported"])
    assert not {"groups", "address", "phone_number"} & set(found["claims_supported"])


@pytest.mark.openid("core", "5.5")
def test_oidcc_claims_without_openid_are_no_way_to_them(ada: RelyingParty) -> None:
    answered = ada.tokens(scope="read", claims=json.dumps({"userinfo": {"email": None}}))

    assert "id_token" not in answered
