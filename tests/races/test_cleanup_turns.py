"""Many processes may want to clean up in passing: one of them does, and the others go on at once."""

from __future__ import annotations

from functools import partial

from django.utils import timezone

from oauthcore.models import CleanupRun


def test_one_of_a_crowd_gets_the_turn_also_the_very_first_time(crowd):
    for _ in range(2):
        now = timezone.now()

        taken = crowd.all_at_once(partial(CleanupRun.claim, now=now))

        (run,) = [one for one in taken if one is not None]
        assert CleanupRun.objects.count() == 1
        run.give_back(step="", last_key="", now=now)
        CleanupRun.objects.update(free_at=now)
