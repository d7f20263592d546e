"""Events under attack: a flood makes few rows, nothing sent makes a second line, and only age removes."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.flows.upkeep.cleanup import clean_up
from oauthcore.logging import JSONFormatter
from oauthcore.models import SecurityEvent
from oauthcore.recording import events
from tests.support.factories import register
from tests.support.oauth import me, post
from tests.support.service_tokens.commands import made
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

Kind = SecurityEvent.Kind


def test_a_flood_of_refused_requests_is_a_handful_of_rows_and_of_writes(clock):
    token, text = made(allowed_networks=())
    registered = register()
    attacker, calls = Client(), {"authorization": f"Bearer {text}"}
    with statements() as sent:
        for _ in range(500):
            attacker.get("/v1/me", headers=calls)
            attacker.get("/v1/me", headers={"authorization": "Bearer nonsense"})
        for _ in range(20):
            post("/oauth/token", {**registered.credentials, "grant_type": "nonsense"})

    written = [one for one in sent if "INSERT INTO oauthcore_securityevent" in one]
    events.refusals.flush()
    rows = SecurityEvent.objects.filter(kind=Kind.REQUEST_REFUSED)
    assert len(written) <= 1
    assert sum(rows.values_list("count", flat=True)) == 1020
    assert rows.count() <= 4
    assert set(rows.values_list("grant_uuid", flat=True)) == {token.uuid, None}


def test_what_is_sent_makes_no_second_line_in_the_log_and_no_second_reading(caplog):
    forged = "a\n[CRITICAL] root logged in\x1b[2J\x00\u202e"
    with caplog.at_level(logging.DEBUG):
        Client().post("/login", {"username": forged, "password": forged})
        Client().get("/oauth/authorize", {"client_id": forged, "state": forged})
        post("/oauth/token", {"client_id": forged, "client_secret": forged, "grant_type": forged})
        me("nonsense")
        events.record(Kind.REVOKED, reason=forged)
        Client().get("/v1/%0a[CRITICAL]%20root")
    events.refusals.flush()

    said = [
        record.getMessage() for record in caplog.records if record.name.startswith(("oauthcore", "django"))
    ]
    formatted = [JSONFormatter().format(record) for record in caplog.records]
    assert any("[CRITICAL]" in one for one in said)
    assert [one for one in said if not one.isprintable()] == []
    assert [one for one in formatted if not one.isprintable()] == []
    assert all(one.reason.isprintable() for one in SecurityEvent.objects.all())


def test_events_go_when_they_are_old_and_by_nothing_else(settings, clock):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECURITY_EVENT_LIFETIME": 60}
    events.record(Kind.REVOKED, reason="old")
    clock.shift(61)
    events.record(Kind.REVOKED, reason="new")

    for _ in clean_up(now=timezone.now(), keep=timedelta(days=30), batch_size=10):
        pass

    assert SecurityEvent.objects.get().reason == "new"
