"""The limiter beside a clock that jumps: it neither forgives anything nor locks anybody out for long."""

from __future__ import annotations

import pytest
from django.utils import timezone

from oauthcore import limiter
from oauthcore.limiter import Limit, count_try
from oauthcore.models import LimitWindow

pytestmark = pytest.mark.django_db

HOUR = 3600


def let_through(limit, *who, tries):
    """Return how many of so many tries are let through."""
    return [count_try(limit, *who).wait for _ in range(tries)].count(None)


def test_a_window_begun_by_a_clock_that_was_wrong_ends_when_the_clock_is_right(clock):
    limit = Limit("guess", 2, HOUR)
    clock.shift(30 * 24 * HOUR)
    assert let_through(limit, "ada", tries=3) == 2

    clock.shift(-30 * 24 * HOUR)

    assert let_through(limit, "ada", tries=3) == 2
    assert count_try(limit, "ada").wait == HOUR


def test_a_clock_that_is_set_back_a_little_forgives_nothing(clock):
    limit = Limit("guess", 2, HOUR)
    assert let_through(limit, "ada", tries=3) == 2

    clock.shift(-300)

    assert let_through(limit, "ada", tries=3) == 0
    limiter.forget()
    assert let_through(limit, "ada", tries=3) == 0


def test_a_row_that_a_process_with_a_later_clock_has_just_made_is_no_window(clock):
    limit = Limit("guess", 2, HOUR)
    clock.shift(5)
    LimitWindow._make(limit.key("ada"), now=timezone.now())
    clock.shift(-5)
    assert let_through(limit, "ada", tries=3) == 2

    clock.shift(6)
    limiter.forget()

    assert let_through(limit, "ada", tries=3) == 0


@pytest.mark.django_db(transaction=True)
def test_rows_of_limits_remove_themselves_while_new_ones_come(clock):
    limit = Limit("guess", 1, 60)
    for number in range(300):
        count_try(limit, f"early {number}")
    clock.shift(2 * HOUR)

    for number in range(150):
        count_try(limit, f"late {number}")

    assert LimitWindow.objects.count() == 150
