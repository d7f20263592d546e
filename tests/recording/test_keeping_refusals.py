"""Keeping refusals: in memory first, in batches, bounded for each application, and never what was sent."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client, RequestFactory

from oauthcore import request_context
from oauthcore.models import SecurityEvent
from oauthcore.recording import events, refusals
from oauthcore.rules.errors.oauth import InvalidGrant
from oauthcore.rules.errors.sign_in import InvalidCredentials
from tests.support.factories import register
from tests.support.oauth import OAuthClient
from tests.support.refusals import header, kept, of, resources
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def oauth() -> OAuthClient:
    return OAuthClient(register())


def enter(oauth: OAuthClient, path: str) -> None:
    """Be in a request that names the application."""
    request_context.enter(RequestFactory().get(path))
    request_context.name_application(oauth.registered.client_id)


@resources
def test_a_path_is_kept_in_ascii_without_query_and_secrets_and_cut(oauth):
    text = of(oauth, scopes=["api.images.read"])
    for path in ("/plain/%00%E2%80%AE", "/" + "x" * 300, f"/links/{text}/open"):
        enter(oauth, path)
        events.note_refusal(InvalidGrant("a reason"))
    Client().get("/plain?secret=1", headers=header(text))

    assert [one.endpoint for one in kept()] == [
        "/plain/%00%E2%80%AE",
        "/" + "x" * 199,
        "/links/*/open",
        "/plain",
    ]


@resources
@pytest.mark.parametrize("path", ["/drf%00", "/drf/images%00%ff", "/oauth/token%00"])
def test_a_nul_in_a_path_breaks_nothing(path, oauth):
    answered = Client().get(path, headers=header(of(oauth)))

    assert answered.status_code == 404
    assert kept() == []


def test_a_flood_on_behalf_of_one_application_is_kept_in_part_and_counted_whole(clock, oauth):
    other = OAuthClient(register())
    for _ in range(70):
        oauth.token(grant_type="nonsense")
    other.token(grant_type="nonsense")

    refs = [one.application_ref for one in kept()]
    assert refs.count(oauth.registered.client_id) == refusals.MOST_A_MINUTE == 60
    assert refs.count(other.registered.client_id) == 1
    events.refusals.flush()
    assert SecurityEvent.objects.get(application_ref=oauth.registered.client_id).count == 70


def test_strangers_who_name_the_application_crowd_out_nothing_that_it_asked_itself(clock, oauth):
    for _ in range(70):
        oauth.token(grant_type="client_credentials", client_secret="guessed")
    for _ in range(5):
        oauth.token(grant_type="nonsense")

    errors = Counter(one.error for one in kept())
    assert errors["unsupported_grant_type"] == 5
    assert errors["invalid_client"] + errors["slow_down"] == 60


def test_strangers_who_name_many_applications_have_an_allowance_together(clock, oauth):
    for _ in range(3):
        stranger = OAuthClient(register())
        for _ in range(50):
            stranger.token(grant_type="client_credentials", client_secret="guessed")
    oauth.token(grant_type="nonsense")

    assert len(kept()) == refusals.MOST_OF_STRANGERS + 1


@resources
def test_a_token_of_the_application_proves_that_the_request_is_its_own(clock, oauth):
    text = of(oauth, scopes=["api.images.read"])
    for _ in range(70):
        oauth.token(grant_type="client_credentials", client_secret="guessed")
    Client().get("/plain", headers=header(text))

    assert [one.error for one in kept()].count("insufficient_scope") == 1


def test_an_application_that_registered_itself_is_a_stranger_whatever_it_shows(clock, oauth):
    registered = [register(is_self_registered=True) for _ in range(3)]
    for one in registered:
        for _ in range(50):
            OAuthClient(one).token(grant_type="nonsense")

    assert len(kept()) == refusals.MOST_OF_STRANGERS


def test_the_next_minute_begins_anew(clock, oauth):
    for _ in range(61):
        oauth.token(grant_type="nonsense")
    clock.shift(60)
    oauth.token(grant_type="nonsense")

    assert len(kept()) == 61


def test_keeping_refusals_costs_a_request_no_statement_and_a_batch_is_one(oauth):
    of_one = []
    oauth.token(grant_type="nonsense")
    refusals.batch.flush()
    for _ in range(20):
        with statements() as run:
            oauth.token(grant_type="nonsense")
        of_one.append(len(run))
    with statements() as of_many:
        refusals.batch.flush()

    assert set(of_one) == {1}  # the application that asks is looked up
    assert len(of_many) == 1


def test_a_refused_login_is_no_refusal_of_an_application(oauth):
    enter(oauth, "/login")
    events.note_refusal(InvalidCredentials("wrong"))

    assert kept() == []
