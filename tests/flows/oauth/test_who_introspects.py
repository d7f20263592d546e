"""Introspection (RFC 7662): who may ask, how often, and with which authentication."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore import conf
from tests.support.factories import (
    UserFactory,
    bearer,
    register,
    register_public,
    service_token,
    sign_in_token,
)
from tests.support.oauth import OAuthClient, assert_inactive, post, with_person
from tests.support.reference_site.factories import AccountFactory, MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.mark.rfc("7662", "2.1")
def test_an_application_that_staff_did_not_allow_is_told_of_its_own_tokens():
    oauth = with_person()
    tokens = oauth.tokens()
    own = oauth.token(grant_type="client_credentials", scope="read").json()["access_token"]

    for text in (tokens["access_token"], tokens["refresh_token"], own):
        told = oauth.introspect(text).json()
        assert (told["active"], told["client_id"]) == (True, oauth.registered.client_id)


@pytest.mark.rfc("7662", "2.1")
def test_tokens_of_others_look_unknown_to_an_application(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"INTROSPECTION_LIMIT": (6, 60)}
    curious, person = OAuthClient(register()), UserFactory()
    theirs = with_person(user=person).tokens()
    foreign = [
        theirs["access_token"],
        theirs["refresh_token"],
        service_token(AccountFactory().uuid),
        sign_in_token(person, MembershipFactory(user=person).account.uuid),
        OAuthClient(register()).token(grant_type="client_credentials").json()["access_token"],
    ]

    for text in (*foreign, "unknown"):
        assert_inactive(curious.introspect(text))

    assert curious.introspect(foreign[0]).status_code == 429, "they are counted as unknown ones are"


@pytest.mark.rfc("7662", "2.1")
@pytest.mark.parametrize("text", ["{own}", "unknown", None])
def test_a_public_application_may_not_ask_even_about_its_own_tokens(text):
    oauth = with_person(register_public())
    own = oauth.tokens()["access_token"]

    response = oauth.introspect(text and text.format(own=own))

    assert (response.status_code, response.json()["error"]) == (403, "unauthorized_client")
    assert "active" not in response.json()


def test_a_public_application_may_not_ask_even_if_the_box_is_ticked():
    response = OAuthClient(register_public(may_introspect=True)).introspect("unknown")

    assert response.status_code == 403


@pytest.mark.rfc("7662", "2.1")
@pytest.mark.rfc("7662", "2.3")
def test_an_application_must_authenticate_in_the_body_or_in_the_header(server):
    text = bearer()
    credentials = server.registered.credentials

    assert post("/oauth/introspect", {"token": text}).status_code == 401
    in_query = "&".join(f"{name}={value}" for name, value in credentials.items())
    assert post(f"/oauth/introspect?{in_query}", {"token": text}).status_code == 401
    assert post("/oauth/introspect", {"token": text}, authorization=f"Bearer {text}").status_code == 401
    assert Client().get("/oauth/introspect", credentials | {"token": text}).status_code == 405


@pytest.mark.rfc("7662", "2.1")
def test_the_token_is_required(server):
    for text in (None, ""):
        response = server.introspect(text)
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.rfc("7662", "4")
def test_an_application_that_keeps_asking_about_unknown_tokens_has_to_wait(server, clock, settings):
    assert conf.settings().INTROSPECTION_LIMIT == (100, 60)
    settings.OAUTHCORE = settings.OAUTHCORE | {"INTROSPECTION_LIMIT": (5, 60)}
    live = bearer()

    answers = [server.introspect(f"guess{number}") for number in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert server.introspect(live).json()["active"] is True, "questions about real tokens are not counted"
    clock.shift(60)
    assert_inactive(server.introspect("guess"))


@pytest.mark.rfc("7662", "2.1")
@pytest.mark.parametrize("hint", ["refresh_token", "access_token", "nonsense", ""])
def test_a_wrong_hint_hides_no_token(hint, server):
    tokens = (oauth := with_person()).tokens()

    assert server.introspect(tokens["access_token"], token_type_hint=hint).json()["active"] is True
    assert oauth.introspect(tokens["refresh_token"], token_type_hint=hint).json()["active"] is True
