"""Registrations that are second by a moment. The races themselves are in ``tests/races``."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from oauthcore.flows.oauth.registration import client_configuration, initial_access_tokens
from oauthcore.flows.oauth.registration.changes import mark_deleted
from oauthcore.models import Application, InitialAccessToken, SecurityEvent
from tests.support.lost_races import let_others_go_first
from tests.support.registration import Managed, initial_access_token, register_itself

pytestmark = pytest.mark.django_db


def test_an_initial_access_token_that_was_used_up_meanwhile_lets_nobody_in(monkeypatch: Any) -> None:
    token = initial_access_token()
    let_others_go_first(monkeypatch, InitialAccessToken, lambda: register_itself(token=token))

    answer = register_itself(token=token)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert Application.objects.count() == InitialAccessToken.objects.get().used == 1


def test_a_change_of_an_application_that_was_deleted_meanwhile_is_refused(monkeypatch: Any) -> None:
    managed = Managed()
    read = client_configuration.read

    def read_and_delete(document: object, **how) -> Any:
        Application.objects.update(deleted_at=timezone.now())
        return read(document)

    monkeypatch.setattr(client_configuration, "read", read_and_delete)

    answer = managed.change(client_name="Better Tool")

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert managed.application.name == "Tool"


def test_what_is_ended_twice_is_one_event() -> None:
    application = Managed(token=initial_access_token()).application
    admission = InitialAccessToken.objects.get()

    for _ in range(2):
        mark_deleted(application, user=None)
    ended = [initial_access_tokens.revoke(admission, reason="over", staff=None) for _ in range(2)]

    assert ended == [True, False]
    assert SecurityEvent.objects.filter(kind="application_deleted").count() == 1
    assert SecurityEvent.objects.filter(kind="revoked").count() == 1
