"""Introspection (RFC 7662): the answer to a resource server."""

from __future__ import annotations

from uuid import UUID

import pytest

from oauthcore.models import Application, Grant
from tests.support.factories import (
    UserFactory,
    bearer,
    register,
    service_token,
)
from tests.support.oauth import OAuthClient, assert_inactive, with_person
from tests.support.reference_site.factories import AccountFactory, MembershipFactory

pytestmark = pytest.mark.django_db


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


@pytest.mark.rfc("7662", "2.2")
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


@pytest.mark.rfc("7662", "2.2")
@pytest.mark.rfc("7662", "4")
@pytest.mark.parametrize("reason", ["revoked", "user disabled", "application disabled", "membership lost"])
def test_of_what_is_not_live_it_tells_nothing_else(server, reason):
    oauth = with_person(user=(person := UserFactory()))
    tokens, end = next((tokens, end) for name, tokens, end in ended_tokens(oauth, person) if name == reason)
    assert server.introspect(tokens["access_token"]).json()["active"] is True

    end()

    assert_inactive(server.introspect(tokens["access_token"]))


@pytest.mark.rfc("7662", "2.2")
@pytest.mark.parametrize("reason", ["revoked", "user disabled"])
def test_of_a_refresh_token_that_is_not_live_its_application_is_told_nothing_else(reason):
    oauth = with_person(user=(person := UserFactory()))
    tokens, end = next((tokens, end) for name, tokens, end in ended_tokens(oauth, person) if name == reason)

    end()

    assert_inactive(oauth.introspect(tokens["refresh_token"]))


@pytest.mark.rfc("7662", "2.2")
def test_of_expired_spent_and_unknown_tokens_it_tells_nothing_else(server, clock):
    oauth = with_person()
    tokens, code = oauth.tokens(), oauth.code()
    oauth.refresh(tokens["refresh_token"])
    clock.shift(3600)

    for text in (*(tokens[name] for name in ("access_token", "refresh_token")), code, "unknown", "x" * 9999):
        assert_inactive(server.introspect(text))
        assert_inactive(oauth.introspect(text))
    assert_inactive(server.introspect(server.registered.client_secret))
