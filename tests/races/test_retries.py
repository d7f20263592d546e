"""A deadlock that the database broke: the one that was undone is done again, once and as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Barrier
from typing import Any

from django.utils import timezone

from oauthcore.models import LimitWindow
from oauthcore.models.database import atomic, retried
from tests.support.races.crowd import PATIENCE_SECONDS, Crowd


def test_of_two_that_wait_for_each_other_both_are_done_in_the_end(
    crowd_of: Callable[[int], Crowd], settings: Any
) -> None:
    both, runs = Barrier(2, timeout=PATIENCE_SECONDS), Counter[bytes]()

    @retried
    def hold_two(first: bytes, second: bytes) -> str:
        runs[first] += 1
        with atomic():
            LimitWindow.hold(first, now=timezone.now())
            if runs[first] == 1:
                both.wait()
            LimitWindow.hold(second, now=timezone.now())
        return "done"

    one, other = b"1" * 32, b"2" * 32
    for key in (one, other):
        with atomic():
            LimitWindow.hold(key, now=timezone.now())

    assert crowd_of(2).at_once([partial(hold_two, one, other), partial(hold_two, other, one)]) == ["done"] * 2
    assert sorted(runs.values()) == [1, 2]
