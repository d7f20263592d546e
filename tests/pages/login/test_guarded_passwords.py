"""Views of others that take a password: counted before they hash, behind the second factor where it is on."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from pytest_django import Settings

from oauthcore.models import MFAChallenge
from oauthcore.pages.login import password_guard
from oauthcore.rules.errors.oauth import TemporarilyUnavailable
from tests.support.factories import PASSWORD
from tests.support.pages.authenticator_app import STEP, AuthenticatorApp, show_password, switch_on

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("which views are guarded; the limiter itself runs everywhere"),
]

NEW = "another long walk"
CHANGES = ["/change", "/admin/password_change/", "/oauth/security/password"]
LOGINS = ["/plain", "/admin/login/", "/decorated-admin/login/"]


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    """A site that has views of Django's own, and lets people try three times."""
    settings.ROOT_URLCONF = "tests.support.sites.own_logins"
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGIN_LIMIT": (3, 300), "LOGIN_ADDRESS_LIMIT": (9, 300)}


@pytest.fixture
def app(staff: Any, clock: Any) -> AuthenticatorApp:
    return switch_on(staff)


def change(browser: Client, path: str, old: str, new: str = NEW) -> Any:
    return browser.post(path, {"old_password": old, "new_password1": new, "new_password2": new})


class TestChangingThePassword:
    @pytest.mark.parametrize("path", CHANGES)
    def test_takes_so_many_wrong_passwords_and_then_not_the_right_one(
        self, browser: Client, staff: Any, path: str
    ) -> None:
        for _ in range(3):
            assert change(browser, path, "wrong").status_code in (200, 400)

        refused = change(browser, path, PASSWORD)

        assert refused.status_code == 429
        assert int(refused["Retry-After"]) > 0
        staff.refresh_from_db()
        assert staff.check_password(PASSWORD)

    def test_counts_together_with_every_other_way_in(self, browser: Client) -> None:
        for path in CHANGES:
            change(browser, path, "wrong")

        tried = Client().post("/login", {"username": "staff", "password": PASSWORD})
        assert tried.status_code == 429

    @pytest.mark.parametrize("path", CHANGES)
    def test_does_not_count_a_right_password_whatever_the_new_one_is(
        self, browser: Client, path: str
    ) -> None:
        for _ in range(4):
            assert change(browser, path, PASSWORD, "short").status_code in (200, 400)

        assert change(browser, path, PASSWORD).status_code in (302, 303)

    @pytest.mark.parametrize("path", CHANGES)
    def test_hashes_no_endless_text(
        self, browser: Client, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hashed: list[str] = []
        hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
        monkeypatch.setattr(hasher, lambda self, password, salt: hashed.append(password) or "md5$x$y")

        assert change(browser, path, "w" * 1025).status_code == 400
        assert max(map(len, hashed), default=0) <= 1024

    @pytest.mark.parametrize("path", CHANGES)
    def test_wants_the_second_factor_first(self, staff: Any, app: AuthenticatorApp, path: str) -> None:
        browser = Client()
        browser.force_login(staff)
        session = browser.session
        del session["oauthcore_second_step_wanted"]  # it was switched on after they had logged in
        session.save()

        assert browser.get(path)["Location"] == STEP
        assert change(browser, path, PASSWORD)["Location"] == STEP
        assert MFAChallenge.objects.count() == 1, "looking again opens no other"
        staff.refresh_from_db()
        assert staff.check_password(PASSWORD)

        assert browser.post(STEP, {"code": app.wrong_code()}).status_code == 200
        assert browser.get("/album").status_code == 200, "nobody is locked out who does not go on"
        assert browser.post(STEP, {"code": app.code()})["Location"] == path
        assert change(browser, path, PASSWORD).status_code in (302, 303)

    @pytest.mark.parametrize("path", CHANGES)
    def test_takes_a_second_step_that_is_not_long_ago(
        self, staff: Any, app: AuthenticatorApp, clock: Any, path: str
    ) -> None:
        browser = Client()
        show_password(browser, username="staff")
        browser.post(STEP, {"code": app.code()})
        assert browser.get(path).status_code == 200

        clock.shift(600)

        assert browser.get(path)["Location"] == STEP

    def test_ends_everything_else(self, browser: Client, staff: Any) -> None:
        other = Client()
        other.force_login(staff)

        assert change(browser, "/oauth/security/password", PASSWORD)["Location"].startswith(
            "/oauth/security/"
        )

        assert browser.get("/album").status_code == 200
        assert other.get("/album").status_code == 302

    @pytest.mark.parametrize("new", ["short", "password1234"])
    def test_keeps_to_the_rules_of_the_site(self, browser: Client, new: str, settings: Settings) -> None:
        refused = change(browser, "/oauth/security/password", PASSWORD, new)

        assert refused.status_code == 400
        assert "<title>" in refused.content.decode()
        assert "Error" in refused.content.decode().partition("</title>")[0]

    def test_is_for_people_who_have_one_here(self, browser: Client, staff: Any) -> None:
        staff.set_unusable_password()
        staff.save()
        browser.force_login(staff)

        assert browser.get("/oauth/security/password").status_code == 404
        assert b"security/password" not in browser.get("/oauth/security/").content

    def test_is_where_the_security_page_leads(self, browser: Client) -> None:
        assert b'href="/oauth/security/password"' in browser.get("/oauth/security/").content

    @pytest.mark.parametrize("path", CHANGES)
    def test_asks_for_a_login_first(self, db: None, path: str) -> None:
        assert "login" in change(Client(), path, PASSWORD)["Location"]


class TestLoggingIn:
    @pytest.mark.parametrize("path", LOGINS)
    @pytest.mark.parametrize("name", ["staff", "nobody", "STAFF ", f"{' ' * 400}staff"])
    def test_takes_so_many_wrong_passwords_and_then_not_the_right_one(
        self, staff: Any, path: str, name: str
    ) -> None:
        browser = Client()
        for _ in range(3):
            assert browser.post(path, {"username": name, "password": "wrong"}).status_code == 200

        assert browser.post(path, {"username": name, "password": PASSWORD}).status_code == 429
        assert browser.post("/login", {"username": name, "password": PASSWORD}).status_code == 429

    @pytest.mark.parametrize("path", LOGINS)
    def test_does_not_count_a_right_password(self, staff: Any, path: str) -> None:
        for _ in range(5):
            assert Client().post(path, {"username": "staff", "password": PASSWORD}).status_code == 302

    @pytest.mark.parametrize("path", LOGINS)
    def test_counts_a_right_password_until_the_second_step_was_taken(
        self, staff: Any, app: AuthenticatorApp, clock: Any, path: str
    ) -> None:
        for _ in range(4):
            browser = Client()
            assert browser.post(path, {"username": "staff", "password": PASSWORD}).status_code == 302
            browser.get(STEP)
            assert browser.post(STEP, {"code": app.code()}).status_code == 303
            clock.shift(30)
        for _ in range(3):
            Client().post(path, {"username": "staff", "password": PASSWORD})

        assert Client().post(path, {"username": "staff", "password": PASSWORD}).status_code == 429

    def test_at_a_login_page_that_inherits_ours_is_counted_once(self, staff: Any) -> None:
        for _ in range(3):
            tried = Client().post("/ours-inherited", {"username": "staff", "password": "wrong"})
            assert tried.status_code == 200

        assert Client().post("/ours-inherited", {"username": "staff", "password": "wrong"}).status_code == 429


class TestResettingThePassword:
    def test_counts_for_its_address(self, staff: Any) -> None:
        browser = Client()
        uid, token = urlsafe_base64_encode(force_bytes(staff.pk)), default_token_generator.make_token(staff)
        form = browser.get(f"/reset/{uid}/{token}/")["Location"]
        for _ in range(9):
            answered = browser.post(form, {"new_password1": NEW, "new_password2": "other"})
            assert answered.status_code == 200

        assert browser.post(form, {"new_password1": NEW, "new_password2": NEW}).status_code == 429

    def test_that_succeeds_does_not_count(self, staff: Any) -> None:
        for _ in range(10):
            browser = Client()
            uid = urlsafe_base64_encode(force_bytes(staff.pk))
            form = browser.get(f"/reset/{uid}/{default_token_generator.make_token(staff)}/")["Location"]
            assert browser.post(form, {"new_password1": NEW, "new_password2": NEW}).status_code == 302
            staff.refresh_from_db()


def test_a_store_that_is_down_refuses_rather_than_not_to_count(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: Any, **named: Any) -> None:
        raise TemporarilyUnavailable("the store is away")

    monkeypatch.setattr(password_guard, "count_password", down)

    for path in ("/change", "/plain"):
        assert browser.post(path, {"username": "staff", "old_password": PASSWORD}).status_code == 503
