"""The dry run of an upgrade: what OAuth 2.1 would have refused of an application's real requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from oauthcore.flows.applications.upgrade import Report, dry_run, legacy_applications
from oauthcore.flows.applications.upgrade_words import REMEDIES
from oauthcore.models import Application, LegacySwitch, LegacyUse
from oauthcore.recording import legacy_use
from tests.support.clock import NOON
from tests.support.factories import REDIRECT_URI, register
from tests.support.legacy import note, register_legacy, register_with_everything
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

Habit = LegacyUse.Habit


@pytest.fixture
def application(clock: Any) -> Application:
    return register_with_everything()


def report_of(application: Application) -> Report:
    return dry_run(application, now=timezone.now())


def test_a_report_tells_of_each_habit_how_often_on_how_many_days_and_where_last(clock, application):
    for day, times in ((0, 2), (1, 3)):
        clock.move_to(NOON + timedelta(days=day))
        for number in range(times):
            note(application, Habit.NO_PKCE, example=f"{REDIRECT_URI}/{day}/{number}")
    note(application, Habit.QUERY_TOKEN, example="/v1/me")

    without_pkce, in_query = report_of(application).findings

    assert (without_pkce.habit, without_pkce.count, without_pkce.days) == (Habit.NO_PKCE, 5, 2)
    assert (without_pkce.last_at, without_pkce.example) == (NOON + timedelta(days=1), f"{REDIRECT_URI}/1/2")
    assert (in_query.habit, in_query.count, in_query.example) == (Habit.QUERY_TOKEN, 1, "/v1/me")
    assert "code_challenge" in without_pkce.remedy


def test_there_is_a_remedy_for_every_habit():
    assert set(REMEDIES) == set(Habit)


def test_a_report_looks_back_as_far_as_the_site_says(clock, settings, application):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LEGACY_USE_WINDOW": 3 * 86400}
    note(application, Habit.NO_PKCE)
    clock.shift(3 * 86400 - 1)

    assert not report_of(application).is_clean
    assert report_of(application).days == 3

    clock.shift(1)
    assert report_of(application).is_clean


def test_a_report_tells_of_this_application_only(application):
    note(register_legacy(), Habit.NO_PKCE)

    assert report_of(application).is_clean


def test_a_report_tells_what_is_registered_that_oauth_2_1_does_not_have(application):
    assert len(report_of(application).changes) == len(LegacySwitch) + 2
    assert report_of(register_legacy(legacy_switches=[])).changes == ()


def test_a_report_is_one_query(application):
    for habit in Habit:
        note(application, habit)
    legacy_use.batch.flush()

    with statements() as run:
        report_of(application)

    assert len(run) == 1


def test_an_application_of_oauth_2_1_has_nothing_to_report_and_costs_nothing(clock):
    application = register().application

    with statements() as run:
        report = report_of(application)

    assert (report.is_clean, report.changes, report.blockers, run) == (True, (), (), [])


def test_every_legacy_application_is_listed_with_its_counts_in_two_queries(clock, application):
    others = [register_legacy() for _ in range(3)]
    register()
    register_legacy(deleted_at=timezone.now())
    note(application, Habit.NO_PKCE)
    clock.shift(10)
    note(application, Habit.IMPLICIT)
    note(application, Habit.IMPLICIT)
    legacy_use.batch.flush()

    with statements() as run:
        first, *rest = legacy_applications(now=timezone.now())

    assert len(run) == 2
    assert (first.application, first.counts) == (application, {Habit.NO_PKCE: 1, Habit.IMPLICIT: 2})
    assert first.last_at == NOON + timedelta(seconds=10)
    assert [(one.application, one.counts, one.last_at) for one in rest] == [(one, {}, None) for one in others]
