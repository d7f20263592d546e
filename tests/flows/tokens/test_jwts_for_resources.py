"""JWT access tokens for a resource: it may ask for them, and each names whom it is for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.factories import register
from tests.support.oauth import OAuthClient, is_live, with_person
from tests.support.signing import ISSUER, make_keys, parts_of, verified, with_jwts

pytestmark = pytest.mark.django_db

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
HERE, THERE = "https://api.example/one", "https://api.example/two"


@pytest.fixture
def resources(settings: Any) -> Any:
    """Declare two resources with these members, of the first and of the issuer."""

    def declare(of_the_issuer: Any = None, **members: Any) -> None:
        declared = {
            HERE: {"name": "One", "scopes": ["read"], **members},
            THERE: {"name": "Two", "scopes": ["read", "api.images.read"]},
        }
        if of_the_issuer:
            declared[ISSUER] = {"name": "All", "scopes": ["read"], **of_the_issuer}
        settings.OAUTHCORE = {**settings.OAUTHCORE, "RESOURCES": declared}

    declare()
    return declare


@pytest.mark.rfc("9068", "3")
@pytest.mark.rfc("8707", "2")
def test_one_for_a_resource_names_it_and_no_scope_of_others(resources):
    text = with_jwts().tokens(scope="read api.images.read", resource=HERE)["access_token"]
    _, claims = verified(text, audience=HERE)

    assert claims["scope"] == "read"
    assert not is_live(text)  # at the views of the issuer


@pytest.mark.rfc("9068", "3")
def test_one_for_several_names_all_of_them(resources):
    text = with_jwts().tokens(resource=[HERE, THERE])["access_token"]

    assert parts_of(text)[1]["aud"] == [HERE, THERE]


@pytest.mark.rfc("9068", "3")
def test_one_that_names_no_resource_is_for_the_issuer(resources):
    text = with_jwts().tokens()["access_token"]

    assert verified(text)[1]["aud"] == ISSUER
    assert is_live(text)


@pytest.mark.parametrize("members", [{"access_token_format": "jwt"}, {"offline": True}])
def test_a_resource_asks_for_them_whatever_the_application_says(resources, members):
    resources(**members)
    make_keys()
    oauth = with_person(register())

    assert verified(oauth.tokens(resource=HERE)["access_token"], audience=HERE)
    assert "." not in oauth.tokens(resource=THERE)["access_token"]
    assert "." not in oauth.tokens()["access_token"]


def test_the_issuer_asks_for_those_that_name_no_resource(resources):
    resources(of_the_issuer={"access_token_format": "jwt"})
    make_keys()
    oauth = with_person(register())

    assert verified(oauth.tokens()["access_token"])
    assert "." not in oauth.tokens(resource=THERE)["access_token"]


def test_a_refresh_for_one_of_several_resources_gives_what_that_one_asks_for(resources):
    resources(access_token_format="jwt")
    make_keys()
    oauth = with_person(register())
    first = oauth.tokens(resource=[HERE, THERE])
    second = oauth.refresh(first["refresh_token"], resource=THERE).json()

    assert parts_of(first["access_token"])[1]["aud"] == [HERE, THERE]
    assert "." not in second["access_token"]


@pytest.mark.rfc("8693", "4.1")
@pytest.mark.rfc("9068", "2.2")
def test_an_exchanged_one_says_for_whom_it_speaks_and_who_acts(resources, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "TOKEN_EXCHANGE": True}
    resources(access_token_format="jwt")
    subject = with_jwts()
    shown = subject.tokens()["access_token"]
    actor = OAuthClient(register(grant_types=[TOKEN_EXCHANGE], redirect_uris=[]))
    answered = actor.token(
        grant_type=TOKEN_EXCHANGE,
        subject_token=shown,
        subject_token_type="urn:ietf:params:oauth:token-type:access_token",
        resource=HERE,
    ).json()
    _, claims = verified(answered["access_token"], audience=HERE)

    assert claims["act"] == {"sub": actor.registered.client_id}
    assert claims["client_id"] == actor.registered.client_id
    assert claims["sub"] == parts_of(shown)[1]["sub"]
    assert claims["exp"] - claims["iat"] == answered["expires_in"] == 300
    assert actor.introspect(answered["access_token"]).json()["act"] == claims["act"]
