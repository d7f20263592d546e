"""OpenID requests for tokens of resources (RFC 8707): the scopes of OpenID Connect belong to the issuer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.relying_party import (
    ISSUER,
    SCOPES,
    RelyingParty,
    SignedIn,
    relying_party,
    somebody,
    userinfo,
)
from tests.support.signing import make_keys

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does"),
]

MCP = f"{ISSUER}/mcp"
WANTED = {"scope": "openid profile read", "claims": json.dumps({"id_token": {"name": None}})}


@pytest.fixture(autouse=True)
def resources(db: None, settings: Any) -> None:
    """The site has a resource for AI tools, which declares no scope of OpenID Connect."""
    declare(settings, "read")
    make_keys()


@pytest.fixture
def ada() -> RelyingParty:
    """A person at an application that asks for the resource and signs people in."""
    return relying_party(user=somebody(username="ada"), scopes=SCOPES)


def declare(settings: Any, *scopes: str) -> None:
    declared = {MCP: {"name": "Tools", "scopes": [*scopes]}}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True, "RESOURCES": declared}


@pytest.mark.rfc("8707", "2.2")
def test_a_resource_without_openid_gives_no_id_token_and_the_answer_says_so(ada: RelyingParty) -> None:
    page = ada.authorize(**WANTED, resource=MCP)
    assert [one["name"] for one in page.context["claim_groups"]] == []

    answered = ada.tokens(**WANTED, resource=MCP)
    assert answered["scope"] == "read"
    assert "id_token" not in answered


@pytest.mark.rfc("8707", "2.2")
def test_naming_the_issuer_too_gives_an_id_token_and_userinfo(ada: RelyingParty) -> None:
    signed_in = ada.sign_in(**WANTED, resource=[MCP, ISSUER])

    assert signed_in.claims["name"] == "Ada Lindqvist"
    assert signed_in.userinfo()["name"] == "Ada Lindqvist"


@pytest.mark.rfc("8707", "2.2")
def test_one_approval_gives_a_token_for_each_of_both_resources(ada: RelyingParty) -> None:
    redeemed = ada.redeem(ada.code(**WANTED, resource=[MCP, ISSUER]), resource=ISSUER)
    signed_in = SignedIn(ada, redeemed.json())
    assert signed_in.userinfo()["name"] == "Ada Lindqvist"

    for_tools = ada.refresh(signed_in.answered["refresh_token"], resource=MCP).json()
    assert (for_tools["scope"], "id_token" in for_tools) == ("read", False)
    assert userinfo(for_tools["access_token"]).status_code == 401


@pytest.mark.rfc("8707", "2")
def test_a_resource_that_declares_openid_gives_an_id_token_and_no_userinfo(
    ada: RelyingParty, settings: Any
) -> None:
    declare(settings, "read", "openid", "profile")
    signed_in = ada.sign_in(**WANTED, resource=MCP)

    assert signed_in.claims["name"] == "Ada Lindqvist"
    refused = userinfo(signed_in.access_token)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
