"""Who changes how they show that it is them is logged out of all other browsers, unless they say no."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.test import Client
from pytest_django import Settings

from oauthcore.flows.passwords.rehashes import end_sessions, hashed_anew
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.factories import PASSWORD
from tests.support.oauth import is_live, with_person
from tests.support.pages.authenticator_app import AuthenticatorApp, switch_on

pytestmark = pytest.mark.django_db

PAGE = "/oauth/security/"
ELSEWHERE = "what the directory knows"
SESSIONS = ["db", "cache", "signed_cookies"]


def browser_of(user: Any) -> Client:
    """Return a browser in which somebody is logged in, second factor and all."""
    browser = Client()
    browser.force_login(user)
    session = browser.session
    session.pop("oauthcore_second_step_wanted", None)
    session.save()
    return browser


def is_logged_in(browser: Client) -> bool:
    return bool(browser.get("/oauth/connections/").status_code == 200)


def switch_on_at(browser: Client, **fields: str) -> Any:
    """Switch the second factor on, on the page."""
    browser.post(PAGE, {"do": "begin", "password": PASSWORD})
    return browser.post(PAGE, {"do": "confirm", "code": app_shown_in(browser).code(), **fields})


def app_shown_in(browser: Client) -> AuthenticatorApp:
    """Put the key that the page shows into an app."""
    groups = browser.get(PAGE).context["factor"]["enrolment"]["key_groups"]
    return AuthenticatorApp(base64.b32decode("".join(groups)))


@pytest.mark.parametrize("engine", SESSIONS)
def test_switching_the_second_factor_on_ends_the_sessions_of_other_browsers(
    ada: Any, clock: Any, settings: Settings, engine: str
) -> None:
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    here, there = browser_of(ada), browser_of(ada)

    assert switch_on_at(here).status_code == 200

    assert is_logged_in(here)
    assert not is_logged_in(there)


class Directory(ModelBackend):
    """Passwords that are kept elsewhere, beside those that are stored here."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **_: Any
    ) -> Any:
        return get_user_model().objects.filter(username=username).first() if password == ELSEWHERE else None


def test_a_password_of_a_directory_does_not_become_the_one_that_is_stored_here(
    ada: Any, clock: Any, settings: Settings
) -> None:
    settings.AUTHENTICATION_BACKENDS = [
        "django.contrib.auth.backends.ModelBackend",
        f"{__name__}.Directory",
    ]
    here = browser_of(ada)
    here.post(PAGE, {"do": "begin", "password": ELSEWHERE})
    app = app_shown_in(here)

    assert here.post(PAGE, {"do": "confirm", "code": app.code()}).status_code == 200
    assert is_logged_in(here)
    clock.shift(30)
    code = app.code()
    assert here.post(PAGE, {"do": "switch_off", "password": ELSEWHERE, "code": code}).status_code < 400

    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)
    assert not ada.check_password(ELSEWHERE)


def test_they_stay_where_the_person_says_so(ada: Any, clock: Any) -> None:
    here, there = browser_of(ada), browser_of(ada)

    switch_on_at(here, keep_others="1")

    assert is_logged_in(here)
    assert is_logged_in(there)


def test_neither_beginning_nor_a_wrong_code_ends_anything(ada: Any, clock: Any) -> None:
    here, there = browser_of(ada), browser_of(ada)
    here.post(PAGE, {"do": "begin", "password": PASSWORD})
    here.post(PAGE, {"do": "confirm", "code": "000000"})

    assert is_logged_in(there)


@pytest.mark.parametrize("act", ["renew", "switch_off"])
@pytest.mark.parametrize("keeps", [False, True])
def test_changing_it_ends_them_as_well(ada: Any, clock: Any, act: str, keeps: bool) -> None:
    app = switch_on(ada)
    here, there = browser_of(ada), browser_of(ada)
    fields = {"do": act, "password": PASSWORD, "code": app.code(), **({"keep_others": "1"} if keeps else {})}

    assert here.post(PAGE, fields).status_code in (200, 303)

    assert is_logged_in(here)
    assert is_logged_in(there) is keeps


def test_a_refused_change_ends_nothing(ada: Any, clock: Any) -> None:
    app = switch_on(ada)
    here, there = browser_of(ada), browser_of(ada)

    here.post(PAGE, {"do": "renew", "password": PASSWORD, "code": app.wrong_code()})
    here.post(PAGE, {"do": "renew", "password": "wrong", "code": app.code()})

    assert is_logged_in(there)


def test_grants_and_the_password_stay(ada: Any, clock: Any) -> None:
    token = with_person(user=ada).tokens()["access_token"]

    switch_on_at(browser_of(ada))

    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)
    assert is_live(token)


def test_a_password_that_was_changed_between_the_steps_stays_changed(ada: Any, clock: Any) -> None:
    here = browser_of(ada)
    here.post(PAGE, {"do": "begin", "password": PASSWORD})
    app, new = app_shown_in(here), "another long walk"
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post("/oauth/security/password", fields).status_code == 303

    assert here.post(PAGE, {"do": "confirm", "code": app.code()}).status_code == 200

    ada.refresh_from_db()
    assert ada.check_password("another long walk")
    assert is_logged_in(here)


def test_somebody_whose_password_is_kept_elsewhere_can_end_them_too(ada: Any) -> None:
    ada.set_unusable_password()
    ada.save()
    there = browser_of(ada)

    encoded = hashed_anew(ada, HiddenText("kept elsewhere"))
    assert encoded is not None
    assert end_sessions(ada, encoded, but=b"")

    assert not is_logged_in(there)
    assert not ada.has_usable_password()


def test_what_is_kept_between_the_steps_is_no_hash_that_anybody_could_read(ada: Any, clock: Any) -> None:
    here = browser_of(ada)
    here.post(PAGE, {"do": "begin", "password": PASSWORD})

    assert "$" not in here.session["oauthcore_new_hash"]


def test_of_two_changes_at_once_the_first_hash_stays(ada: Any) -> None:
    stale = type(ada).objects.get(pk=ada.pk)
    ada.set_password("another long walk")
    ada.save()

    encoded = hashed_anew(stale, HiddenText(PASSWORD))
    assert encoded is not None
    assert not end_sessions(stale, encoded, but=b"")

    ada.refresh_from_db()
    assert ada.check_password("another long walk")
