"""Introspection (RFC 7662): who may ask, and what a resource server is told."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from oauthcore import conf
from oauthcore.models import Application, Grant
from tests.factories import UserFactory, bearer, register, register_public, service_token
from tests.oauth import OAuthClient, post, with_person
from tests.site.factories import AccountFactory, MembershipFactory

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
    }


@pytest.mark.rfc("7662", "2.2")
def test_of_a_refresh_token_it_tells_no_token_type_and_the_chains_end(server, clock):
    tokens = with_person().tokens()

    told = server.introspect(tokens["refresh_token"]).json()

    assert told["active"] is True
    assert "token_type" not in told
    assert told["exp"] == tokens["created_at"] + 90 * 24 * 3600


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


def ended_tokens():
    person, membership = UserFactory(), MembershipFactory()
    oauth = with_person(user=person)
    tokens = oauth.tokens()
    yield "revoked", tokens, lambda: oauth.revoke(tokens["access_token"])
    yield "user disabled", tokens, lambda: type(person).objects.filter(pk=person.pk).update(is_active=False)
    yield (
        "application disabled",
        tokens,
        lambda: Application.objects.filter(pk=oauth.registered.application.pk).update(is_enabled=False),
    )
    lost = bearer(user=membership.user, account_uuid=membership.account.pk, scopes=["api.images.read"])
    yield "membership lost", {"access_token": lost, "refresh_token": lost}, membership.delete


@pytest.mark.parametrize("reason", ["revoked", "user disabled", "application disabled", "membership lost"])
@pytest.mark.parametrize("shown", ["access_token", "refresh_token"])
def test_of_what_is_not_live_it_tells_nothing_else(server, reason, shown):
    tokens, end = next((tokens, end) for name, tokens, end in ended_tokens() if name == reason)
    assert server.introspect(tokens[shown]).json()["active"] is True

    end()

    assert_inactive(server.introspect(tokens[shown]))


def test_of_expired_spent_and_unknown_tokens_it_tells_nothing_else(server, clock):
    oauth = with_person()
    tokens, code = oauth.tokens(), oauth.code()
    oauth.refresh(tokens["refresh_token"])
    clock.shift(3600)

    for text in (*(tokens[name] for name in ("access_token", "refresh_token")), code, "unknown", "x" * 9999):
        assert_inactive(server.introspect(text))
    assert_inactive(server.introspect(server.registered.client_secret))


@pytest.mark.rfc("7662", "2.1")
@pytest.mark.parametrize("make", [register, register_public])
@pytest.mark.parametrize("text", ["{own}", "unknown", None])
def test_an_application_that_staff_did_not_allow_learns_nothing_even_of_its_own_tokens(make, text):
    oauth = with_person(make())
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
