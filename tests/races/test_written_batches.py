"""What is written after an answer leaves the connections as Django wants them: none too old stays open."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from oauthcore import usage
from tests.factories import bearer
from tests.oauth import is_live


@pytest.fixture
def is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage.batch, "_written_at", -1e9)


@pytest.mark.parametrize(("max_age", "stays_open"), [(0, False), (None, True)])
def test_a_connection_lives_as_long_as_the_site_says(max_age, stays_open, is_due, monkeypatch):
    text = bearer()
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", max_age)

    assert is_live(text)

    assert (connection.connection is not None) == stays_open
    assert usage.batch._tallies == {}


@pytest.mark.django_db(transaction=False)
def test_a_test_of_a_site_keeps_its_transaction(is_due):
    text = bearer()

    assert is_live(text)

    assert usage.batch._tallies == {}
    assert Client().get("/v1/me", headers={"authorization": f"Bearer {text}"}).status_code == 200
