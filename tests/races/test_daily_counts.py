"""Counts that several processes write at the same time: none is lost."""

from __future__ import annotations

from functools import partial

from django.utils import timezone

from oauthcore.models import LegacyUse
from oauthcore.recording import legacy_use
from oauthcore.recording.batches import Tally
from tests.support.factories import register
from tests.support.races.crowd import CROWD_SIZE


def test_counts_of_processes_that_write_at_the_same_time_add_up(crowd):
    applications = [register(profile="oauth2.0").application for _ in range(3)]
    now = timezone.now()
    keys = [(one.pk, habit.value, now.date()) for one in applications for habit in LegacyUse.Habit]

    for turn in range(1, 6):
        # What one process hands over when it writes; the batch itself is one a process.
        shares = [{key: Tally(2, now) for key in keys} for _ in range(CROWD_SIZE)]
        crowd.at_once([partial(legacy_use._write, share) for share in shares])

        rows = LegacyUse.objects.values_list("count", flat=True)
        assert list(rows) == [2 * CROWD_SIZE * turn] * len(keys)
