"""The row of the clean-up: who notes what, where a turn and the command, or two turns, meet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.models import CleanupRun

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def test_a_turn_takes_back_nothing_that_the_command_has_noted_meanwhile(clock):
    run = CleanupRun.claim(now=timezone.now())
    CleanupRun.note_finished(now=timezone.now())

    run.give_back(step="access tokens", last_key="5", now=timezone.now())

    assert CleanupRun.last_finished() == timezone.now()
    assert CleanupRun.find().step == "access tokens"


def test_who_was_away_for_too_long_notes_nothing(clock):
    late = CleanupRun.claim(now=timezone.now())
    clock.shift(6 * MINUTE)
    other = CleanupRun.claim(now=timezone.now())

    late.give_back(step="access tokens", last_key="5", now=timezone.now())

    found = CleanupRun.find()
    assert (found.step, found.free_at) == ("", other.free_at)
