"""What is written after an answer leaves the connections as they were: none stays open for it."""

from __future__ import annotations

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client
from django.utils import timezone

from oauthcore.recording import usage
from oauthcore.recording.writing import write_batches
from tests.support.factories import bearer, open_grant
from tests.support.oauth import is_live


@pytest.fixture
def is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage.batch, "_written_at", -1e9)


@pytest.mark.parametrize("is_open", [False, True])
def test_writing_what_was_counted_leaves_the_connection_as_it_was(is_open, is_due):
    grant = open_grant()
    usage.note(grant.pk, at=timezone.now(), address=None)
    if not is_open:
        connection.close()

    write_batches(sender=WSGIHandler)

    assert (connection.connection is not None) == is_open
    assert usage.batch.tallies == {}


@pytest.mark.django_db(transaction=False)
def test_a_test_of_a_site_keeps_its_transaction(is_due):
    text = bearer()

    assert is_live(text)

    assert usage.batch.tallies == {}
    assert Client().get("/v1/me", headers={"authorization": f"Bearer {text}"}).status_code == 200
