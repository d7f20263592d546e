"""Events: what matters is one row each, refusals of one sort are one row a minute; none holds a secret."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from oauthcore.models import SecurityEvent
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import InvalidClient, InvalidGrant
from oauthcore.signals import security_event
from tests.support.factories import open_grant, register
from tests.support.oauth import OAuthClient, me, post, with_person

pytestmark = pytest.mark.django_db

NOW = datetime(2030, 6, 15, 12, 0, tzinfo=UTC)
Kind = SecurityEvent.Kind


@pytest.fixture
def told() -> Iterator[list[SecurityEvent]]:
    """What the signal's receivers were told."""
    seen: list[SecurityEvent] = []

    def hear(event: SecurityEvent, **_: Any) -> None:
        seen.append(event)

    security_event.connect(hear)
    yield seen
    security_event.disconnect(hear)


def refusals() -> list[tuple[Any, ...]]:
    events.refusals.flush()
    rows = SecurityEvent.objects.filter(kind=Kind.REQUEST_REFUSED).order_by("at", "pk")
    return [(one.count, one.application_ref, one.address, one.reason) for one in rows]


def test_an_event_names_what_it_speaks_of_by_value(clock):
    grant = open_grant()

    events.record(Kind.REVOKED, grant=grant, reason="because")
    ids = str(grant.user_id), grant.application.client_id, grant.uuid
    grant.user.delete()
    grant.application.delete()

    event = SecurityEvent.objects.get()
    assert (event.user_ref, event.application_ref, event.grant_uuid) == ids
    assert (event.kind, event.reason, event.at, event.count) == ("revoked", "because", NOW, 1)


def test_an_event_may_concern_nobody_in_particular():
    events.record(Kind.SIGN_IN_REFUSED, reason="x" * 300)

    event = SecurityEvent.objects.get()
    assert (event.user_ref, event.application_ref, event.grant_uuid) == ("", "", None)
    assert event.reason == "x" * 200


def test_an_event_of_a_request_carries_its_id_and_address():
    oauth = with_person()
    tokens = oauth.tokens()

    answered = oauth.revoke(tokens["access_token"])

    event = SecurityEvent.objects.get(kind=Kind.REVOKED)
    assert (event.request_id, event.address) == (answered["Request-Id"], "127.0.0.1")


def test_receivers_are_told_after_the_commit_and_never_before(told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        events.record(Kind.REVOKED, grant=open_grant())
        assert told == []

    assert [(event.kind, event.pk) for event in told] == [("revoked", SecurityEvent.objects.get().pk)]


def test_what_is_rolled_back_was_never_recorded_and_nobody_is_told(told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        events.record(Kind.REVOKED, grant=open_grant())
        transaction.set_rollback(True)

    assert told == []
    assert not SecurityEvent.objects.exists()


def test_a_receiver_that_fails_stops_neither_the_request_nor_other_receivers(
    told, django_capture_on_commit_callbacks
):
    def fail(**_: Any) -> None:
        raise RuntimeError

    receivers, security_event.receivers = security_event.receivers, []
    security_event.connect(fail)
    security_event.receivers += receivers
    security_event.sender_receivers_cache.clear()
    try:
        with django_capture_on_commit_callbacks(execute=True):
            events.record(Kind.REVOKED, grant=open_grant())
    finally:
        security_event.disconnect(fail)

    assert len(told) == 1


def test_refusals_of_one_sort_are_one_row_a_minute(clock):
    for seconds in (0, 20, 39, 1, 59):
        clock.shift(seconds)
        events.note_refusal(InvalidGrant("the code was used before"))

    reason = "invalid_grant: the code was used before"
    assert [(count, why) for count, _, _, why in refusals()] == [(3, reason), (2, reason)]


def test_refusals_for_different_reasons_clients_and_addresses_are_rows_of_their_own(clock):
    one, other = register().client_id, register().client_id
    wrong = {"grant_type": "client_credentials", "client_secret": "wrong"}
    for client_id in (one, other, one, "nobody", "no one"):
        post("/oauth/token", {"client_id": client_id, **wrong})
    Client().post("/oauth/token", {"client_id": one, **wrong}, REMOTE_ADDR="192.0.2.7")
    post("/oauth/token", {"client_id": one})

    assert sorted((client, address, count) for count, client, address, _ in refusals()) == sorted(
        [
            (one, "127.0.0.1", 1),
            (one, "127.0.0.1", 2),
            (one, "192.0.2.7", 1),
            (other, "127.0.0.1", 1),
            ("", "127.0.0.1", 2),
        ]
    )


def test_a_refusal_is_put_down_to_the_application_of_its_own_request_only(clock):
    registered = register()
    post("/oauth/token", registered.credentials | {"grant_type": "nonsense"})
    Client().get("/oauth/token")

    assert [(client, reason.partition(":")[0]) for _, client, _, reason in refusals()] == [
        (registered.client_id, "unsupported_grant_type"),
        ("", "method_not_allowed"),
    ]


@pytest.mark.parametrize("scope", ["api.images.delete", "nonsense"])
def test_a_refusal_sent_back_is_put_down_to_the_application_that_asked(scope):
    oauth = with_person()
    oauth.authorize(scope=scope)

    assert [client for _, client, _, _ in refusals()] == [oauth.registered.client_id]


def test_a_token_that_is_over_is_put_down_to_its_application():
    oauth = with_person()
    token = oauth.tokens()["access_token"]
    oauth.revoke(token)
    me(token)

    assert [client for _, client, _, _ in refusals()] == [oauth.registered.client_id]


def test_a_refused_token_is_counted_and_not_shown():
    token = with_person().tokens()["refresh_token"]

    for _ in range(3):
        assert me(token).status_code == 401

    [(count, _, address, reason)] = refusals()
    assert (count, address) == (3, "127.0.0.1")
    assert token[20:] not in reason


def test_receivers_are_told_of_refusals_when_they_are_written(told):
    events.note_refusal(InvalidClient("the secret is wrong"))
    assert told == []

    events.refusals.flush()

    assert [(event.kind, event.count) for event in told] == [("request_refused", 1)]


def test_a_reason_that_is_very_long_is_cut():
    events.note_refusal(InvalidClient("x" * 1000))

    [(_, _, _, reason)] = refusals()
    assert len(reason) == 200


def test_what_happens_to_a_grant_is_one_event_each(clock):
    oauth = with_person(registered := register())
    tokens = oauth.tokens()
    clock.shift(1)
    oauth.refresh(tokens["refresh_token"])
    clock.shift(1)
    oauth.refresh(tokens["refresh_token"])
    clock.shift(1)
    OAuthClient(registered).refresh(tokens["refresh_token"])

    recorded = SecurityEvent.objects.order_by("pk").values_list("kind", "at")
    assert list(recorded) == [
        (Kind.CONSENT_GIVEN, NOW),
        (Kind.REFRESH_TOKEN_REPLAYED, NOW + timedelta(seconds=2)),
    ]
