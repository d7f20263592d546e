"""Security events: rows are added, and neither changed nor removed one by one."""

from __future__ import annotations

import pytest

from oauthcore.models import SecurityEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> SecurityEvent:
    return SecurityEvent.objects.create(kind="revoked", reason="because")


def test_an_event_is_never_changed(event):
    event.reason = "another reason"

    for keywords in ({}, {"force_update": True}, {"update_fields": ["reason"]}):
        with pytest.raises(TypeError, match="never changed"):
            event.save(**keywords)
    assert SecurityEvent.objects.get().reason == "because"


def test_an_event_that_was_read_is_never_changed_either(event):
    read = SecurityEvent.objects.get()

    with pytest.raises(TypeError, match="never changed"):
        read.save()


def test_an_event_is_not_removed_by_hand(event):
    with pytest.raises(TypeError, match="by age"):
        event.delete()
    assert SecurityEvent.objects.count() == 1


def test_an_event_is_written_as_what_and_when(event):
    assert str(event) == f"revoked at {event.at:%Y-%m-%d %H:%M:%S}"
