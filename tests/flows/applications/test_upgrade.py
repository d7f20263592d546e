"""Upgrading to OAuth 2.1: one step, made once, and never unread where something would have been refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from oauthcore.flows.applications.upgrade import NotUpgraded, Report, dry_run, upgrade
from oauthcore.models import Application, LegacyUse, SecurityEvent
from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND
from tests.support.factories import REDIRECT_URI, UserFactory, register_public
from tests.support.legacy import note, register_legacy, register_with_everything

pytestmark = pytest.mark.django_db

Habit = LegacyUse.Habit


@pytest.fixture
def application(clock: Any) -> Application:
    return register_with_everything(access_tokens_expire=False)


@pytest.fixture
def owner() -> Any:
    return UserFactory(username="ada")


def report_of(application: Application) -> Report:
    return dry_run(application, now=timezone.now())


def do(application: Application, user: Any = None, confirmed: str = "") -> bool:
    return upgrade(application, user, confirmed=confirmed, now=timezone.now())


def refused(application: Application, confirmed: str = "") -> Report:
    with pytest.raises(NotUpgraded) as caught:
        do(application, confirmed=confirmed)
    application.refresh_from_db()
    assert application.is_legacy
    assert not SecurityEvent.objects.exists()
    return caught.value.report


def test_a_clean_application_is_upgraded_and_keeps_all_that_is_not_legacy(application, owner):
    before = {
        field.attname: getattr(application, field.attname) for field in Application._meta.concrete_fields
    }

    assert do(application, owner)

    application.refresh_from_db()
    changed = {name: value for name in before if (value := getattr(application, name)) != before[name]}
    assert changed == {
        "profile": "oauth2.1",
        "legacy_switches": frozenset(),
        "grant_types": {"authorization_code", "refresh_token", "client_credentials"},
        "redirect_uris": (REDIRECT_URI,),
    }
    assert application.access_tokens_expire is False
    application.full_clean()


def test_an_upgrade_is_recorded_with_who_did_it_and_whether_it_was_clean(application, owner):
    other = register_legacy()
    note(other, Habit.NO_PKCE)
    do(application, owner)
    do(other, owner, confirmed=report_of(other).mark)

    one, two = SecurityEvent.objects.order_by("pk")
    assert {one.kind, two.kind} == {SecurityEvent.Kind.APPLICATION_UPGRADED}
    assert (one.user_ref, one.application_ref, one.reason) == (
        str(owner.pk),
        application.client_id,
        "no legacy use",
    )
    assert two.reason == "confirmed, with legacy use: no_pkce 1"


def test_an_application_that_is_not_clean_is_left_as_it_is_until_somebody_has_read_the_report(application):
    note(application, Habit.IMPLICIT)

    report = refused(application)

    assert [one.habit for one in report.findings] == [Habit.IMPLICIT]
    assert do(application, confirmed=report.mark)


def test_a_habit_that_came_up_since_the_report_was_read_has_to_be_read_first(application):
    note(application, Habit.NO_PKCE)
    read = report_of(application).mark
    note(application, Habit.QUERY_TOKEN)

    report = refused(application, confirmed=read)

    assert len(report.findings) == 2
    assert do(application, confirmed=report.mark)


def test_more_of_what_was_read_needs_no_other_reading(application):
    note(application, Habit.NO_PKCE)
    read = report_of(application).mark
    note(application, Habit.NO_PKCE)

    assert do(application, confirmed=read)


def test_what_was_read_of_another_registration_is_no_confirmation(application):
    note(application, Habit.NO_PKCE)
    read = report_of(application).mark
    Application.objects.update(redirect_uris=["https://client.example/new"])
    application.refresh_from_db()

    refused(application, confirmed=read)


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uris": ["https://client.example/new"]},
        {"grant_types": ["authorization_code"]},
        {"legacy_switches": []},
    ],
)
def test_a_change_at_the_same_moment_is_not_lost(changes, application):
    stale = Application.objects.get(pk=application.pk)
    Application.objects.update(**changes)

    refused(stale)

    for name, value in changes.items():
        assert set(getattr(stale, name)) == set(value)


def test_a_second_upgrade_changes_nothing_and_is_no_event(application):
    stale = Application.objects.get(pk=application.pk)

    assert [do(application), do(application), do(stale)] == [True, False, False]
    assert not stale.is_legacy
    assert SecurityEvent.objects.count() == 1


def test_a_deleted_application_is_not_upgraded(application):
    Application.objects.update(deleted_at=timezone.now())

    refused(application)


@pytest.mark.parametrize(
    ("values", "is_blocked"),
    [
        ({"redirect_uris": [OUT_OF_BAND], "grant_types": ["authorization_code"]}, True),
        ({"redirect_uris": [OUT_OF_BAND], "grant_types": ["client_credentials"]}, False),
        ({"redirect_uris": [OUT_OF_BAND, REDIRECT_URI], "grant_types": ["authorization_code"]}, False),
        ({"grant_types": ["implicit"]}, True),
        ({"grant_types": ["implicit", "refresh_token"]}, True),
        ({"grant_types": ["implicit", "client_credentials"]}, False),
        ({"grant_types": ["implicit", "authorization_code"]}, False),
        ({"grant_types": []}, False),
    ],
)
def test_what_would_leave_an_application_without_a_way_to_get_tokens_is_mended_first(values, is_blocked):
    application = register_legacy(**values)
    report = report_of(application)

    assert bool(report.blockers) == is_blocked
    if is_blocked:
        refused(application, confirmed=report.mark)
    else:
        assert do(application)
        application.full_clean()


def test_a_public_application_is_upgraded_like_any_other():
    application = register_public(profile="oauth2.0").application

    assert do(application)


@pytest.mark.parametrize(
    "values",
    [
        {"legacy_switches": ["optional_pkce"]},
        {"grant_types": ["implicit", "authorization_code"]},
        {"redirect_uris": [OUT_OF_BAND]},
    ],
)
def test_nothing_of_the_legacy_profile_can_be_registered_again(values, application):
    do(application)
    for name, value in values.items():
        setattr(application, name, value)

    with pytest.raises(ValidationError):
        application.full_clean()


def test_the_database_refuses_a_switch_under_oauth_2_1(application):
    do(application)

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(legacy_switches=["optional_pkce"])


def test_redirect_uris_whose_schemes_the_new_profile_refuses_are_named_and_mended_first(settings):
    uris = ["icecubesapp://", "icecubesapp://again", "My.App://cb", "com.example.app://cb", REDIRECT_URI]
    application = register_legacy(redirect_uris=[*uris, OUT_OF_BAND])

    (blocker,) = refused(application).blockers
    assert "“icecubesapp:”, “My.App:”." in blocker

    settings.OAUTHCORE = settings.OAUTHCORE | {"REDIRECT_SCHEMES": ["icecubesapp", "My.App"]}
    assert do(application)
    application.full_clean()
    assert application.redirect_uris == tuple(uris)


def test_a_redirect_uri_that_nobody_is_sent_to_anyway_stops_no_upgrade():
    application = register_legacy(redirect_uris=[REDIRECT_URI])
    Application.objects.update(redirect_uris=[REDIRECT_URI, "javascript:alert(1)"])
    application.refresh_from_db()

    assert do(application)
