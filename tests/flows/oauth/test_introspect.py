"""Introspection (RFC 7662): who may ask, and what a resource server is told."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from oauthcore import conf
from oauthcore.models import Application, Grant
from tests.support.factories import (
    UserFactory,
    bearer,
    register,
    register_public,
    service_token,
    sign_in_token,
)
from tests.support.oauth import OAuthClient, post, with_person
from tests.support.reference_site.factories import AccountFactory, MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def server():
    """A resource server that staff allowed to introspect."""
    return OAuthClient(register(name="Resource server", may_introspect=True))


def assert_inactive(response):
    assert (response.status_code, response.json()) == (200, {"active": False})


@pytest.mark.rfc("7662", "2.2")
def test_of_a_live_access_token_it_tells_whose_it_is_and_what_it_may(server, clock):
    person = UserFactory(username="ada")
    oauth = with_person(user=person)
    tokens = oauth.tokens()
    now = tokens["created_at"]

    told = server.introspect(tokens["access_token"]).json()

    UUID(told.pop("sub"))
    assert told == {
        "active": True,
        "scope": "read",
        "client_id": oauth.registered.client_id,
        "username": "ada",
        "token_type": "Bearer",
        "exp": now + 3600,
        "iat": now,
        "iss": "https://testserver",
        "auth_time": now,
        "acr": "pwd",
    }


def test_without_step_up_it_tells_nothing_of_the_login(server, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "STEP_UP": False}
    oauth = with_person()

    told = server.introspect(oauth.tokens()["access_token"]).json()

    assert told["active"] is True
    assert not {"auth_time", "acr"} & told.keys()


@pytest.mark.rfc("7662", "2.2")
def test_of_its_refresh_token_an_application_is_told_no_token_type_and_the_chains_end(clock):
    oauth = with_person()
    tokens = oauth.tokens()

    told = oauth.introspect(tokens["refresh_token"]).json()

    assert told["active"] is True
    assert "token_type" not in told
    assert told["exp"] == tokens["created_at"] + 90 * 24 * 3600


def test_to_everybody_else_a_refresh_token_is_no_active_one(server):
    """A resource server reads ``active`` and nothing else: it must not take one for an access token."""
    oauth = with_person()
    refresh_token = oauth.tokens()["refresh_token"]

    assert_inactive(server.introspect(refresh_token))

    assert oauth.refresh(refresh_token).status_code == 200


def test_a_token_that_never_expires_has_no_exp(server):
    tokens = with_person(register(access_tokens_expire=False, grant_types=["authorization_code"])).tokens()

    assert "exp" not in server.introspect(tokens["access_token"]).json()


@pytest.mark.rfc("9700", "4.15")
def test_a_subject_is_a_uuid_that_names_no_application(server):
    one = OAuthClient(register())
    own = server.introspect(one.token(grant_type="client_credentials").json()["access_token"]).json()
    person = UserFactory(pk=one.registered.application.pk)
    theirs = server.introspect(with_person(user=person).tokens()["access_token"]).json()
    again = server.introspect(with_person(user=person).tokens()["access_token"]).json()

    assert UUID(own["sub"]) == Grant.objects.get(kind="client").uuid
    assert "username" not in own
    assert theirs["sub"] == again["sub"] != own["sub"]
    names = {str(name) for pair in Application.objects.values_list("pk", "client_id") for name in pair}
    assert not names & {own["sub"], theirs["sub"]}


def test_of_scopes_it_tells_what_the_persons_role_allows_right_now(server):
    membership = MembershipFactory(role="owner")
    granted = ["read", "api.images.read", "api.images.delete"]
    token = bearer(user=membership.user, account_uuid=membership.account.uuid, scopes=granted)
    assert server.introspect(token).json()["scope"] == "api.images.delete api.images.read read"

    membership.role = "viewer"
    membership.save()

    assert server.introspect(token).json()["scope"] == "api.images.read read"


def test_service_tokens_are_told_of_without_a_client_id(server):
    told = server.introspect(service_token(AccountFactory().uuid)).json()

    assert told["active"] is True
    assert told["scope"] == "api.images.read"
    assert told["sub"] == str(Grant.objects.get(kind="service").uuid)
    assert not {"client_id", "username", "exp"} & told.keys()


def ended_tokens(oauth, person):
    membership, tokens = MembershipFactory(), oauth.tokens()
    yield "revoked", tokens, lambda: oauth.revoke(tokens["access_token"])
    yield "user disabled", tokens, lambda: type(person).objects.filter(pk=person.pk).update(is_active=False)
    yield (
        "application disabled",
        tokens,
        lambda: Application.objects.filter(pk=oauth.registered.application.pk).update(is_enabled=False),
    )
    lost = bearer(user=membership.user, account_uuid=membership.account.pk, scopes=["api.images.read"])
    yield "membership lost", {"access_token": lost}, membership.delete


@pytest.mark.parametrize("reason", ["revoked", "user disabled", "application disabled", "membership lost"])
def test_of_what_is_not_live_it_tells_nothing_else(server, reason):
    oauth = with_person(user=(person := UserFactory()))
    tokens, end = next((tokens, end) for name, tokens, end in ended_tokens(oauth, person) if name == reason)
    assert server.introspect(tokens["access_token"]).json()["active"] is True

    end()

    assert_inactive(server.introspect(tokens["access_token"]))


@pytest.mark.parametrize("reason", ["revoked", "user disabled"])
def test_of_a_refresh_token_that_is_not_live_its_application_is_told_nothing_else(reason):
    oauth = with_person(user=(person := UserFactory()))
    tokens, end = next((tokens, end) for name, tokens, end in ended_tokens(oauth, person) if name == reason)

    end()

    assert_inactive(oauth.introspect(tokens["refresh_token"]))


def test_of_expired_spent_and_unknown_tokens_it_tells_nothing_else(server, clock):
    oauth = with_person()
    tokens, code = oauth.tokens(), oauth.code()
    oauth.refresh(tokens["refresh_token"])
    clock.shift(3600)

    for text in (*(tokens[name] for name in ("access_token", "refresh_token")), code, "unknown", "x" * 9999):
        assert_inactive(server.introspect(text))
        assert_inactive(oauth.introspect(text))
    assert_inactive(server.introspect(server.registered.client_secret))


@pytest.mark.rfc("7662", "2.1")
def test_an_application_that_staff_did_not_allow_is_told_of_its_own_tokens():
    oauth = with_person()
    tokens = oauth.tokens()
    own = oauth.token(grant_type="client_credentials", scope="read").json()["access_token"]

    for text in (tokens["access_token"], tokens["refresh_token"], own):
        told = oauth.introspect(text).json()
        assert (told["active"], told["client_id"]) == (True, oauth.registered.client_id)


@pytest.mark.rfc("7662", "2.1")
def test_it_cannot_tell_anybody_elses_tokens_from_unknown_ones(settings):
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


def test_who_asks_proves_who_it_is_in_the_body_or_header(server):
    text = bearer()
    credentials = server.registered.credentials

    assert post("/oauth/introspect", {"token": text}).status_code == 401
    in_query = "&".join(f"{name}={value}" for name, value in credentials.items())
    assert post(f"/oauth/introspect?{in_query}", {"token": text}).status_code == 401
    assert post("/oauth/introspect", {"token": text}, authorization=f"Bearer {text}").status_code == 401
    assert Client().get("/oauth/introspect", credentials | {"token": text}).status_code == 405


def test_the_token_is_required(server):
    for text in (None, ""):
        response = server.introspect(text)
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.rfc("7662", "4")
def test_who_keeps_asking_about_unknown_tokens_has_to_wait(server, clock, settings):
    assert conf.settings().INTROSPECTION_LIMIT == (100, 60)
    settings.OAUTHCORE = settings.OAUTHCORE | {"INTROSPECTION_LIMIT": (5, 60)}
    live = bearer()

    answers = [server.introspect(f"guess{number}") for number in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert server.introspect(live).json()["active"] is True, "questions about real tokens are not counted"
    clock.shift(60)
    assert_inactive(server.introspect("guess"))
