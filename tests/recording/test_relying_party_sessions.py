"""Sessions of people at applications, from one browser session of the site."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import login
from django.test import Client, RequestFactory
from django.utils import timezone

from oauthcore.flows.tokens.ending import end_grant
from oauthcore.models import RelyingPartySession
from oauthcore.models.subjects import subject_of
from oauthcore.recording.login_sessions import BROWSER_SESSION
from tests.support.factories import register
from tests.support.logging_out import SignedIn, switch_on
from tests.support.oauth import with_person
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def printer(db: None, settings: Any) -> SignedIn:
    switch_on(settings)
    return SignedIn()


def test_a_sign_in_names_the_session_in_its_grant(printer):
    first, again = printer.sign_in(), printer.sign_in()

    assert first.sid == again.sid == printer.session.sid
    assert printer.session.subject == subject_of(first)


def test_the_session_at_an_application_with_pairwise_subjects_has_the_pairwise_subject(settings, printer):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PAIRWISE_SALT": "a salt for tests, long enough to be one"}
    own = SignedIn(printer.user, browser=printer.browser, subject_type="pairwise")
    grant = own.sign_in()

    assert own.session.subject == grant.pairwise_subject != printer.session.subject


@pytest.mark.openid("backchannel_logout", "2.1")
def test_each_application_and_each_browser_has_a_session_of_its_own(printer):
    browser = Client()
    browser.force_login(printer.user)
    elsewhere = with_person(printer.registered, printer.user)
    elsewhere.code(scope="openid read")
    SignedIn(printer.user, browser=printer.browser)

    assert RelyingPartySession.objects.filter(user=printer.user).count() == 3


def test_only_an_openid_grant_has_a_session(printer):
    with_person(register(), printer.user).code()
    grant = printer.sign_in(scope="read")

    assert grant.sid is None
    assert RelyingPartySession.objects.count() == 1


def test_a_sign_in_takes_one_more_statement_and_the_first_takes_three_more(
    printer, django_capture_on_commit_callbacks
):
    def cost(**changes: Any) -> list[str]:
        with statements() as run, django_capture_on_commit_callbacks(execute=True):
            printer.code(**changes)
        return [one for one in run if "relyingpartysession" in one or "usedidentifier" in one]

    assert [one.split()[0] for one in cost(scope="openid read")] == ["SELECT"]
    assert cost(scope="read") == []
    RelyingPartySession.objects.all().delete()
    assert [one.split()[0] for one in cost(scope="openid read")] == ["SELECT", "INSERT", "SELECT"]


def test_a_session_that_ended_is_never_named_again(printer):
    before = printer.session.sid
    end_grant(printer.sign_in(), "by staff", now=timezone.now())

    assert printer.sign_in().sid != before


def test_logging_in_again_keeps_the_session_at_the_application(printer):
    before = printer.browser.session[BROWSER_SESSION]
    request = RequestFactory().post("/login")
    request.session = printer.browser.session
    request.user = printer.user
    login(request, printer.user, backend="django.contrib.auth.backends.ModelBackend")

    assert request.session[BROWSER_SESSION] == before


def test_an_application_with_another_kind_of_subject_gets_the_new_one(printer):
    session = printer.session
    again = RelyingPartySession.begin(
        browser=session.browser,
        application=session.application,
        user=printer.user,
        subject=session.sid,
        now=timezone.now(),
    )

    assert again.pk == session.pk
    assert printer.session.subject == session.sid
