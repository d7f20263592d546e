"""Trading a refresh token (RFC 6749 §6): each works once, and one that comes back ends the grant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oauthcore import conf
from oauthcore.models import Grant, SecurityEvent, Token
from tests.support.factories import UserFactory, register, register_public
from tests.support.grants import assert_invalid_grant
from tests.support.oauth import OAuthClient, is_live, me, post, with_person
from tests.support.reference_site.factories import MembershipFactory
from tests.support.secrets import parse

pytestmark = pytest.mark.django_db

DAYS = 24 * 3600


def test_a_chain_that_is_used_before_an_old_key_goes_outlives_the_key(settings):
    new_key, settings.SECRET_KEY = settings.SECRET_KEY, "an-old-key-that-is-on-its-way-out-0123456789"
    oauth = with_person(register())
    first = oauth.tokens()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new_key, [settings.SECRET_KEY]
    second = oauth.refresh(first["refresh_token"]).json()

    settings.SECRET_KEY_FALLBACKS = []

    assert is_live(second["access_token"])


@pytest.mark.rfc("9700", "4.14.2")
@pytest.mark.parametrize("make", [register, register_public])
def test_a_refresh_token_is_traded_for_the_next_pair(make):
    oauth = with_person(make())
    first = oauth.tokens()

    second = oauth.refresh(first["refresh_token"]).json()

    assert second["scope"] == first["scope"]
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    assert is_live(second["access_token"])
    assert is_live(first["access_token"]), "an earlier access token lives out its own time"
    assert Grant.objects.count() == 1
    assert Token.objects.filter(kind=Token.Kind.REFRESH).count() == 1


@pytest.mark.rfc("9700", "4.14.2")
@pytest.mark.parametrize("is_atomic", [False, True], ids=["", "ATOMIC_REQUESTS"])
def test_a_refresh_token_that_comes_back_ends_all_of_its_grant_and_nothing_else(is_atomic, atomic_requests):
    atomic_requests(is_atomic)
    person = UserFactory()
    oauth, neighbour = with_person(user=person), with_person(user=person)
    first, other_device, elsewhere = oauth.tokens(), oauth.tokens(), neighbour.tokens()
    second = oauth.refresh(first["refresh_token"]).json()
    third = oauth.refresh(second["refresh_token"]).json()

    assert_invalid_grant(oauth.refresh(first["refresh_token"]))

    for tokens in (first, second, third):
        assert me(tokens["access_token"]).json()["error"] == "invalid_token"
        assert_invalid_grant(oauth.refresh(tokens["refresh_token"]))
    assert is_live(other_device["access_token"])
    assert oauth.refresh(other_device["refresh_token"]).status_code == 200
    assert neighbour.refresh(elsewhere["refresh_token"]).status_code == 200
    event = SecurityEvent.objects.get(kind="refresh_token_replayed")
    assert event.grant_uuid == Grant.objects.get(revoked_at__isnull=False).uuid
    assert event.user_ref == str(person.pk)


def test_another_applications_refresh_token_is_refused_and_left_alone():
    oauth, stranger = with_person(), OAuthClient(register())
    spent = oauth.tokens()["refresh_token"]
    current = oauth.refresh(spent).json()["refresh_token"]

    assert_invalid_grant(stranger.refresh(current))
    assert_invalid_grant(stranger.refresh(spent))

    assert oauth.refresh(current).status_code == 200


@pytest.mark.rfc("6749", "6")
def test_a_public_application_names_itself():
    oauth = with_person(register_public())
    refresh_token = oauth.tokens()["refresh_token"]
    parameters = {"grant_type": "refresh_token", "refresh_token": refresh_token}

    assert post("/oauth/token", parameters).status_code == 401
    assert_invalid_grant(post("/oauth/token", parameters | register_public().credentials))
    assert oauth.refresh(refresh_token).status_code == 200


def test_a_known_first_half_with_another_second_half_is_a_replay():
    oauth = with_person()
    tokens = oauth.tokens()
    form = conf.settings().secret_format
    forged = form.next_turn(parse(tokens["refresh_token"])).reveal()

    assert_invalid_grant(oauth.refresh(forged))

    assert not is_live(tokens["access_token"])
    assert_invalid_grant(oauth.refresh(tokens["refresh_token"]))


@pytest.mark.parametrize(
    "mend", [str.upper, str.lower, lambda text: text[:-1], lambda text: text[1:], str.strip]
)
def test_a_mistyped_refresh_token_is_refused_and_ends_nothing(mend):
    oauth = with_person()
    refresh_token = oauth.tokens()["refresh_token"]
    mistyped = mend(refresh_token) if mend is not str.strip else f" {refresh_token} "

    assert_invalid_grant(oauth.refresh(mistyped))

    assert oauth.refresh(refresh_token).status_code == 200


@pytest.mark.parametrize("own", [None, 1000])
def test_a_chain_ends_with_its_grant_however_often_it_turned(own, clock):
    oauth = with_person(register(refresh_token_lifetime=own))
    refresh_token = oauth.tokens()["refresh_token"]
    lifetime = own or 90 * DAYS

    for _ in range(4):
        clock.shift(lifetime / 4 - 0.001)
        refreshed = oauth.refresh(refresh_token).json()
        refresh_token = refreshed["refresh_token"]
    assert refreshed["expires_in"] >= 0
    clock.shift(0.004)

    assert not is_live(refreshed["access_token"])
    assert_invalid_grant(oauth.refresh(refresh_token))


def test_no_access_token_outlives_its_grant(clock):
    oauth = with_person(register(refresh_token_lifetime=1000, access_token_lifetime=600))
    refresh_token = oauth.tokens()["refresh_token"]

    clock.shift(700)

    assert oauth.refresh(refresh_token).json()["expires_in"] == 300


def test_an_application_that_lost_the_refresh_grant_refreshes_no_more():
    oauth = with_person()
    refresh_token = oauth.tokens()["refresh_token"]
    oauth.registered.application.grant_types = ["authorization_code"]
    oauth.registered.application.save()

    assert oauth.refresh(refresh_token).json()["error"] == "unauthorized_client"


def test_a_grant_that_expired_long_ago_is_refused_at_use_and_not_only_when_it_is_cleaned_up():
    oauth = with_person()
    tokens = oauth.tokens()
    grant = Grant.objects.get()
    Grant.objects.update(
        created_at=grant.created_at - timedelta(91), expires_at=grant.created_at - timedelta(1)
    )

    assert not is_live(tokens["access_token"])
    assert_invalid_grant(oauth.refresh(tokens["refresh_token"]))


def test_an_account_that_the_person_may_not_work_on_any_more_ends_code_and_refresh():
    membership = MembershipFactory()
    oauth = with_person(register(), membership.user)
    refresh_token, code = oauth.tokens()["refresh_token"], oauth.code()

    membership.delete()

    for refused in (oauth.refresh(refresh_token), oauth.redeem(code)):
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
