"""The orders of races: an act waits for the statement of another, and fails if that never comes."""

from __future__ import annotations

from functools import partial

import pytest

from oauthcore.models import LimitWindow
from tests.support.races.windows import Moment, awaiting, head_start, reaching

COUNT = "SELECT COUNT(*)"


def test_who_has_a_head_start_has_run_its_statement_before_the_others_begin(crowd_of):
    crowd = crowd_of(3)
    for _ in range(20):
        done: list[str] = []

        def count_and_note(done=done):
            LimitWindow.objects.count()
            done.append("counted")
            LimitWindow.objects.exists()

        note = partial(done.append, "later")

        crowd.at_once(head_start([count_and_note], then=[note, note]))
        assert done == ["counted", "later", "later"]

        met = Moment()

        def count_and_wait(met=met):
            LimitWindow.objects.count()
            met.wait()

        crowd.at_once(head_start([count_and_wait], COUNT, then=[met.come]))

        done.clear()
        told = reaching(count_and_note, partial(done.append, "told"), COUNT)
        crowd.at_once(head_start([told], COUNT, then=[]))
        assert done == ["told", "counted"]


def test_who_waits_does_so_once_before_its_statement():
    done: list[str] = []

    def count_twice():
        for _ in range(2):
            LimitWindow.objects.count()
        return "counted"

    assert awaiting(count_twice, partial(done.append, "waited"), COUNT)() == "counted"
    assert done == ["waited"]


@pytest.mark.parametrize("window", [awaiting, reaching])
def test_an_act_that_never_runs_the_statement_fails_and_keeps_nobody_waiting(window):
    come: list[bool] = []

    with pytest.raises(AssertionError, match="the act runs no"):
        window(LimitWindow.objects.count, partial(come.append, True), "UPDATE oauthcore_grant")()

    assert come == ([True] if window is reaching else [])


def test_what_an_act_raises_is_not_hidden():
    def fail():
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        reaching(fail, lambda: None, COUNT)()
