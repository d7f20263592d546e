"""A grant says how its person logged in: ``amr`` (RFC 8176) and ``acr`` (OpenID Connect Core §2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client

from oauthcore.models import Grant
from oauthcore.pages.login import complete_login
from tests.support.factories import PASSWORD, register
from tests.support.oauth import OAuthClient
from tests.support.pages.authenticator_app import STEP, AuthenticatorApp, show_password, switch_on
from tests.support.passkeys.forms import at_second_step
from tests.support.passkeys.owners import Person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.openid("core", "2"),
    pytest.mark.sqlite_only("what a session notes is the same on every database"),
]


@pytest.fixture
def app(ada: Any, clock: Any) -> AuthenticatorApp:
    return switch_on(ada)


@pytest.fixture(autouse=True)
def without_step_up(settings: Any) -> None:
    """Only OpenID Connect needs the methods of logins here."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "STEP_UP": False}


def noted(browser: Client, scope: str = "openid") -> tuple[str, set[str]]:
    """Return the acr and amr of the grant that a person approves in a browser."""
    OAuthClient(register(scopes=["openid", "read"]), browser).tokens(scope=scope)
    grant = Grant.objects.get()
    assert (grant.authenticated_at is None) == (not grant.acr)
    return grant.acr, set(grant.amr)


def test_with_the_password(ada: Any) -> None:
    browser = Client()
    show_password(browser)

    assert noted(browser) == ("pwd", {"pwd"})


def test_with_a_code_of_the_authenticator_app(app: AuthenticatorApp) -> None:
    browser = Client()
    show_password(browser)
    browser.post(STEP, {"code": app.code()})

    assert noted(browser) == ("mfa", {"pwd", "otp", "mfa"})


def test_with_a_recovery_code(app: AuthenticatorApp) -> None:
    browser = Client()
    show_password(browser)
    browser.post(STEP, {"code": app.recovery_codes[0]})

    assert noted(browser) == ("mfa", {"pwd", "mfa"})


def test_with_a_passkey(ada: Any, app: AuthenticatorApp) -> None:
    person = Person(ada)
    person.add()
    browser, options = at_second_step()
    browser.post(STEP, {"passkey": person.key.sign(options)})

    assert noted(browser) == ("mfa", {"pwd", "hwk", "mfa"})


def test_the_last_login_counts(app: AuthenticatorApp) -> None:
    browser = Client()
    for code in (app.code(), app.recovery_codes[0]):
        show_password(browser)
        browser.post(STEP, {"code": code})

    assert noted(browser) == ("mfa", {"pwd", "mfa"})


def test_a_login_form_of_django_counts_as_a_password(ada: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.support.sites.own_logins"
    browser = Client()
    browser.post("/plain", {"username": "ada", "password": PASSWORD})

    assert noted(browser) == ("pwd", {"pwd"})


def test_the_methods_of_a_sites_own_login_are_not_known(ada: Any) -> None:
    browser = Client()
    browser.force_login(ada)

    assert noted(browser) == ("pwd", set())


def test_after_a_sites_own_login_only_the_second_step_is_known(ada: Any, app: AuthenticatorApp) -> None:
    browser = Client()
    browser.force_login(ada)
    browser.get(STEP)
    browser.post(STEP, {"code": app.code()})

    assert noted(browser) == ("mfa", {"otp", "mfa"})


def test_a_sites_own_login_view_can_name_the_methods(ada: Any, rf: Any) -> None:
    browser = Client()
    browser.force_login(ada)
    request = rf.get("/")
    request.session, request.user = browser.session, get_user(browser)
    complete_login(request, ada, "django.contrib.auth.backends.ModelBackend", amr=("hwk", "mfa"))
    request.session.save()
    browser.cookies["sessionid"] = request.session.session_key

    assert noted(browser) == ("mfa", {"hwk", "mfa"})


def test_without_openid_and_step_up_nothing_is_noted(ada: Any) -> None:
    browser = Client()
    show_password(browser)

    assert noted(browser, "read") == ("", set())
