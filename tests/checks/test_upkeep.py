"""A check says when nobody cleans up, and when the setting for it makes no sense."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.checks.upkeep import check_last_cleanup
from oauthcore.models import CleanupRun
from tests.support.checks import ids
from tests.support.cleaning import clean_up
from tests.support.factories import open_grant

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("the statements are plain reads")]

DAY = timedelta(days=1)


def warnings() -> list[str]:
    return [one.msg for one in check_last_cleanup(databases=["default"])]


def test_a_new_site_needs_no_clean_up_yet(clock):
    assert warnings() == []

    open_grant(created_at=timezone.now())
    clock.shift(2 * DAY)
    assert warnings() == []


def test_a_site_that_was_never_cleaned_up_is_warned(clock):
    open_grant(created_at=timezone.now() - 4 * DAY)

    assert warnings() == ["Old rows were never removed."]
    assert check_last_cleanup(databases=["default"])[0].id == "oauthcore.W060"


def test_a_site_is_warned_three_days_after_the_last_clean_up(clock):
    open_grant(created_at=timezone.now() - 4 * DAY)
    clean_up()
    assert warnings() == []

    clock.shift(3 * DAY)
    assert warnings() == ["Old rows were last removed on 2030-06-15."]


def test_without_the_database_nothing_is_asked(clock):
    open_grant(created_at=timezone.now() - 4 * DAY)

    assert check_last_cleanup() == []
    assert CleanupRun.find() is None


@pytest.mark.parametrize(("every", "is_wrong"), [(-1, True), (0, False), (100, False)])
def test_a_negative_share_is_an_error(settings, every, is_wrong):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLEANUP_ON_WRITES": every}

    assert ("oauthcore.E007" in ids()) is is_wrong
