"""Grants: when one stands, how long what is issued under it lives, and that it ends once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest

from oauthcore.models import Application, Grant, SecurityEvent
from oauthcore.models.lifetimes import access_token_end
from tests.support.factories import UserFactory, open_grant, register
from tests.support.oauth import with_person
from tests.support.statements import USE_AND_STORE, statements

pytestmark = pytest.mark.django_db

NOW = datetime(2030, 6, 15, 12, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def test_a_grant_stands_until_it_expires_to_the_microsecond():
    grant = open_grant(created_at=NOW - timedelta(days=1), expires_at=NOW)

    assert grant.is_live(NOW - INSTANT)
    assert not grant.is_live(NOW)


def test_a_grant_without_an_end_stands_for_good():
    assert open_grant().is_live(NOW + timedelta(days=36500))


def test_a_grant_that_was_ended_stands_no_more_whenever_it_would_have_expired():
    grant = open_grant(created_at=NOW, expires_at=NOW + timedelta(days=1), revoked_at=NOW + timedelta(days=2))

    assert not grant.is_live(NOW)


@pytest.mark.parametrize("kind", ["client", "service"])
def test_a_grant_without_a_person_asks_for_no_password(kind):
    owner = {"application": register().application} if kind == "client" else {"account_uuid": "0" * 32}

    assert Grant.objects.create(kind=kind, **owner).is_live(NOW)


def test_a_grant_ends_once_with_one_event_and_by_one_update_of_one_row():
    grant = open_grant()
    with statements() as run:
        first = grant.revoke("because", now=NOW, event=SecurityEvent(kind="revoked"))
    later = NOW + timedelta(days=1)
    again = grant.revoke("another reason", now=later, event=SecurityEvent(kind="revoked"))

    grant.refresh_from_db()
    assert (first, again) == (True, False)
    assert (grant.revoked_at, grant.revoked_reason) == (NOW, "because")
    assert SecurityEvent.objects.count() == 1
    assert len(run) == USE_AND_STORE
    assert "UPDATE oauthcore_grant" in run[0]


def test_an_application_has_one_standing_grant_and_another_after_that_ended():
    application = register().application
    first = Grant.standing(application)

    assert Grant.standing(application) == first
    first.revoke("because", now=NOW, event=SecurityEvent(kind="revoked"))
    second = Grant.standing(application)

    assert second != first
    assert not Grant.objects.get(pk=first.pk).standing_for_id
    assert (second.kind, second.scopes) == ("client", frozenset(application.scopes))


def test_only_the_grant_an_application_has_for_itself_is_ever_widened():
    standing = Grant.standing(register(scopes=["read"]).application)
    persons = open_grant(scopes=["read"])

    for grant in (standing, persons):
        grant.widen(frozenset(["read", "api.images.read"]))

    assert Grant.objects.get(pk=standing.pk).scopes == {"read", "api.images.read"}
    assert Grant.objects.get(pk=persons.pk).scopes == {"read"}


@pytest.mark.parametrize(
    ("application", "grant_ends_in", "lives_for"),
    [
        ({}, None, 3600),
        ({"access_token_lifetime": 60}, None, 60),
        ({"access_token_lifetime": 60}, 30, 30),
        ({}, 86400, 3600),
        ({"access_tokens_expire": False}, None, None),
        ({"access_tokens_expire": False, "access_token_lifetime": 60}, None, None),
        ({"access_tokens_expire": False}, 30, 30),
    ],
)
def test_an_access_token_lives_as_the_application_says_and_never_longer_than_its_grant(
    application, grant_ends_in, lives_for
):
    ends = None if grant_ends_in is None else NOW + timedelta(seconds=grant_ends_in)
    grant = open_grant(application=register(**application).application, created_at=NOW, expires_at=ends)

    expected = None if lives_for is None else NOW + timedelta(seconds=lives_for)
    assert access_token_end(grant, NOW) == expected


@pytest.mark.parametrize(
    ("values", "lives_for"),
    [
        ({}, timedelta(days=90)),
        ({"refresh_token_lifetime": 60}, timedelta(seconds=60)),
        ({"grant_types": ["authorization_code"]}, None),
    ],
)
def test_a_persons_grant_ends_with_its_refresh_chain_where_it_has_one(values, lives_for):
    grant = Grant.open_for_person(
        application=register(**values).application,
        user=UserFactory(),
        scopes=frozenset(["read"]),
        account_uuid=None,
        now=NOW,
    )

    assert grant.expires_at == (None if lives_for is None else NOW + lives_for)
    assert grant.is_live(NOW)


def test_a_grant_is_written_with_its_public_name_and_nothing_of_its_owner():
    grant = open_grant()

    assert str(grant) == f"application grant {grant.uuid}"


def test_issuing_writes_a_grant_before_its_token_or_not_at_all(settings):
    """The other way round two requests could lock each other out (MariaDB)."""
    settings.OAUTHCORE = settings.OAUTHCORE | {"SCOPES": {"read": "Read", "write": "Write"}}
    oauth = with_person(registered := register(scopes=["read"]))
    code, own = oauth.code(), {"grant_type": "client_credentials", "scope": "read write"}
    Grant.standing(registered.application)
    Application.objects.update(scopes=["read", "write"])

    with statements() as run:
        refresh_token = oauth.redeem(code).json()["refresh_token"]
        assert oauth.refresh(refresh_token).status_code == 200
        assert oauth.token(**own).status_code == 200

    written = [table for sql in run for table in re.findall(r"(?:INSERT INTO|UPDATE) (\w+)", sql)]
    to = [table for table in written if table in ("oauthcore_grant", "oauthcore_token")]
    assert [table for table, _ in groupby(to)] == ["oauthcore_token", "oauthcore_grant", "oauthcore_token"]
