"""What a request costs: the number of statements, without those that begin and end transactions."""

from __future__ import annotations

import pytest

from tests.support.factories import bearer, register
from tests.support.oauth import OAuthClient, me, with_person
from tests.support.reference_site.factories import MembershipFactory
from tests.support.statements import USE_AND_STORE, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def membership():
    return MembershipFactory()


@pytest.fixture
def oauth(membership):
    return with_person(register(may_introspect=True), membership.user)


@pytest.fixture
def on_account(membership):
    """An access token that works on an account."""
    return bearer(user=membership.user, account_uuid=membership.account.pk, scopes=["api.images.read"])


def test_a_bearer_token_is_verified_with_one_statement():
    text = bearer()

    with statements() as run:
        assert me(text).status_code == 200

    assert len(run) == 1, run


def test_a_token_of_an_account_costs_one_question_to_the_site_besides(on_account):
    with statements() as run:
        assert me(on_account).json()["account"]

    assert len(run) == 2, run
    assert [sql for sql in run if "oauthcore_" in sql] == run[:1]


@pytest.mark.parametrize("text", ["nonsense", "ref_api_access_" + "x" * 49, "ref_api_refresh_" + "x" * 92])
def test_what_cannot_be_a_token_of_ours_costs_nothing(text):
    with statements() as run:
        assert me(text).status_code == 401

    assert run == []


def test_a_mistyped_token_costs_nothing():
    text = bearer()
    mistyped = text[:20] + ("A" if text[20] != "A" else "B") + text[21:]

    with statements() as run:
        assert me(mistyped).status_code == 401

    assert run == []


def test_client_credentials_cost_two_from_the_second_time_on():
    oauth = OAuthClient(register())
    oauth.token(grant_type="client_credentials")

    with statements() as run:
        assert oauth.token(grant_type="client_credentials").status_code == 200

    assert len(run) == 2, run


def ours(run):
    return [sql for sql in run if "oauthcore_" in sql]


def test_a_code_costs_two_looks_and_one_step_and_one_question_to_the_site(oauth):
    code = oauth.code()

    with statements() as run:
        assert oauth.redeem(code).status_code == 200

    assert len(ours(run)) == 2 + USE_AND_STORE, run
    assert len(run) - len(ours(run)) <= 1, run


def test_a_refresh_costs_two_looks_and_one_step_however_old_the_chain_is(oauth):
    refresh_token = oauth.tokens()["refresh_token"]
    counts = set()
    for _ in range(5):
        with statements() as run:
            refresh_token = oauth.refresh(refresh_token).json()["refresh_token"]
        counts.add(len(ours(run)))
        assert len(run) - len(ours(run)) <= 1, run

    assert counts == {2 + USE_AND_STORE}


def test_a_replay_costs_the_same_however_long_the_chain_was(oauth):
    counts = set()
    for turns in (1, 10):
        current = first = oauth.tokens()["refresh_token"]
        for _ in range(turns):
            current = oauth.refresh(current).json()["refresh_token"]
        with statements() as run:
            assert oauth.refresh(first).status_code == 400
        counts.add(len(run))

    assert len(counts) == 1


def test_introspection_costs_two(oauth):
    text = bearer()

    with statements() as run:
        assert oauth.introspect(text).json()["active"] is True

    assert len(run) == 2, run


def test_introspection_of_a_token_of_an_account_costs_one_question_to_the_site_besides(oauth, on_account):
    with statements() as run:
        assert oauth.introspect(on_account).json()["active"] is True

    assert len(run) == 3, run
    assert len(ours(run)) == 2


def test_reading_metadata_costs_nothing(client):
    with statements() as run:
        assert client.get("/.well-known/oauth-authorization-server").status_code == 200

    assert run == []
