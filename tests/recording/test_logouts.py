"""Sessions at applications end when something ends here, and the applications are told."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import RequestFactory
from django.utils import timezone

from oauthcore.flows.connections import disconnect
from oauthcore.flows.connections.disconnect import end_application, end_applications
from oauthcore.flows.connections.withdraw import withdraw
from oauthcore.flows.tokens.ending import end_grant
from oauthcore.models import Grant, RelyingPartySession
from oauthcore.models.subjects import subject_of
from oauthcore.recording import logouts
from tests.support.factories import PASSWORD, UserFactory, open_grant
from tests.support.logging_out import SignedIn, switch_on
from tests.support.oauth import with_person
from tests.support.signing import make_keys
from tests.support.statements import failing_at, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def printer(db: None, settings: Any) -> SignedIn:
    switch_on(settings)
    return SignedIn()


def told(*applications: SignedIn) -> list[int]:
    """Return the number of logout tokens for each application."""
    return [len(one.deliveries) for one in applications]


def test_without_the_switch_there_is_no_session_and_nobody_is_told(settings, printer):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}

    end_grant(printer.sign_in(scope="read"), "by staff", now=timezone.now())
    printer.user.set_password("another long walk")
    printer.user.save()
    withdraw(printer.registered.application, printer.user, "x", now=timezone.now())
    printer.browser.logout()

    assert told(printer) == [0]


@pytest.mark.openid("backchannel_logout", "2.3")
def test_logging_out_ends_the_sessions_of_this_browser(printer):
    same = SignedIn(printer.user, browser=printer.browser)
    other = SignedIn(printer.user)
    sid = printer.session.sid
    printer.browser.logout()

    assert told(printer, same, other) == [1, 1, 0]
    [delivery] = printer.deliveries
    assert (delivery.sid, delivery.subject) == (sid, subject_of(Grant(user=printer.user)))
    assert delivery.due_at is not None


def test_an_application_without_an_address_is_not_told(printer):
    silent = SignedIn(printer.user, browser=printer.browser, backchannel_logout_uri="")
    printer.browser.logout()

    assert told(printer, silent) == [1, 0]
    assert silent.session is None


def test_logging_out_twice_tells_once(printer):
    session = printer.browser.session
    printer.browser.logout()
    request = RequestFactory().post("/logout")
    request.session = session
    logouts.end_of_browser(request)

    assert told(printer) == [1]


def test_the_person_can_log_out_while_the_database_does_not_answer(printer, caplog):
    request = RequestFactory().post("/logout")
    request.session = printer.browser.session
    with failing_at(1):
        logouts.note_logout(request=request, user=printer.user)

    assert "applications are not told of a logout" in caplog.text
    assert told(printer) == [0]


def test_a_logout_without_a_session_tells_nobody(printer):
    logouts.note_logout(request=None, user=printer.user)
    logouts.note_logout(request=RequestFactory().get("/"), user=printer.user)
    request = RequestFactory().get("/")
    request.session = {}
    logouts.note_logout(request=request, user=None)
    logouts.note_logout(request=request, user=printer.user)

    assert told(printer) == [0]


def test_another_person_who_logs_in_ends_the_sessions_of_the_first(printer):
    other = UserFactory(password=PASSWORD)
    printer.browser.post("/login", {"username": other.username, "password": PASSWORD})

    assert printer.browser.session["_auth_user_id"] == str(other.pk)
    assert told(printer) == [1]


def test_the_same_person_who_logs_in_again_ends_nothing(printer):
    printer.browser.post("/login", {"username": printer.user.username, "password": PASSWORD})

    assert told(printer) == [0]


def test_ending_a_grant_ends_its_session(printer):
    other = SignedIn(printer.user, browser=printer.browser)
    grant = printer.sign_in()

    assert end_grant(grant, "by staff: lost", now=timezone.now())
    assert not end_grant(grant, "again", now=timezone.now())

    assert told(printer, other) == [1, 0]
    assert printer.deliveries[0].sid == grant.sid


def test_a_grant_without_a_session_ends_all_sessions_of_its_person_there(printer):
    grant = open_grant(
        user=printer.user,
        application=printer.registered.application,
        scopes=["openid"],
        claims={"userinfo": [], "id_token": []},
    )
    end_grant(grant, "by staff", now=timezone.now())

    [delivery] = printer.deliveries
    assert (delivery.sid, delivery.subject) == (None, subject_of(grant))


def test_the_end_of_a_grant_without_openid_tells_nobody(printer):
    grant = open_grant(user=printer.user, application=printer.registered.application)
    end_grant(grant, "by staff", now=timezone.now())

    assert told(printer) == [0]


def test_an_application_that_revokes_its_own_tokens_is_not_told(printer):
    make_keys()
    tokens = printer.tokens(scope="openid read")
    printer.revoke(tokens["refresh_token"])

    assert told(printer) == [0]


@pytest.mark.parametrize("ends", ["one", "all", "all of many", "staff"])
def test_disconnecting_an_application_ends_its_sessions_in_every_browser(printer, ends, monkeypatch):
    with_person(printer.registered, printer.user).code(scope="openid read")
    other = SignedIn(printer.user, browser=printer.browser)
    stranger = SignedIn()
    application, now = printer.registered.application, timezone.now()
    if ends == "one":
        end_application(printer.user, application.pk, now=now)
    elif ends.startswith("all"):
        monkeypatch.setattr(disconnect, "_AT_ONCE", 25 if ends == "all" else 1)
        end_applications(printer.user, now=now)
    else:
        withdraw(application, printer.user, "by staff", now=now, by=stranger.user)

    assert told(printer, other, stranger) == [2, int(ends.startswith("all")), 0]


def test_withdrawing_tells_once_about_all_grants_without_session(printer):
    for _ in range(2):
        open_grant(
            user=printer.user,
            application=printer.registered.application,
            scopes=["openid"],
            claims={"userinfo": [], "id_token": []},
        )
    withdraw(printer.registered.application, printer.user, "x", now=timezone.now())

    assert [one.sid is None for one in printer.deliveries] == [False, True]


def test_a_new_password_ends_every_session(printer):
    other = SignedIn(printer.user)
    printer.user.set_password("another long walk")
    printer.user.save()

    assert told(printer, other) == [1, 1]
    assert RelyingPartySession.objects.count() == 0


def test_a_rehash_of_the_password_ends_nothing(printer, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    user = get_user_model()._default_manager.get(pk=printer.user.pk)
    assert user.check_password(PASSWORD)
    user.last_login = timezone.now()
    user.save()

    assert told(printer) == [0]


def test_a_person_who_is_deactivated_is_logged_out_everywhere(printer):
    printer.user.is_active = False
    printer.user.save()

    assert told(printer) == [1]


def test_a_new_person_who_is_not_active_yet_ends_nothing(printer):
    with statements() as run:
        UserFactory(is_active=False)

    assert not [one for one in run if "relyingpartysession" in one]


def test_logging_out_other_browsers_keeps_the_sessions_of_this_one(printer):
    other = SignedIn(printer.user)
    request = RequestFactory().post("/")
    request.session = printer.browser.session
    logouts.end_of_other_browsers(printer.user, but=printer.session.browser)

    assert told(printer, other) == [0, 1]


@pytest.mark.sqlite_only("the transaction is Django's")
def test_a_transaction_that_is_rolled_back_tells_nobody(printer, django_capture_on_commit_callbacks):
    logouts.written.clear()
    grant = printer.sign_in()
    with django_capture_on_commit_callbacks() as callbacks:
        end_grant(grant, "by staff", now=timezone.now())

    assert not logouts.written.is_set()
    for callback in callbacks:
        callback()
    assert logouts.written.is_set()
    logouts.written.clear()
