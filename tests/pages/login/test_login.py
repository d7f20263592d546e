"""The login page: where it leads, and what it tells.

Wire §2, Token: "A user deactivated or a password changed".
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from oauthcore.models import SecurityEvent
from tests.support.factories import PASSWORD, UserFactory
from tests.support.oauth import OAuthClient, is_live

pytestmark = pytest.mark.django_db


def log_in(username: str = "ada", password: str = PASSWORD, **fields: Any) -> Any:
    return Client().post("/login", {"username": username, "password": password, **fields})


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "https:evil.example",
        "https:///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "https://evil.example",
        "https://testserver@evil.example",
        "http://testserver.evil.example/",
        "\t//evil.example",
        "/\t/evil.example",
        " https://evil.example",
        "\x00//evil.example",
        "data:text/html,x",
        "",
    ],
    ids=ascii,
)
def test_after_the_login_nobody_lands_on_another_site(ada: Any, target: str) -> None:
    for browser in (Client(), Client()):
        browser.get("/login", {"next": target})
        in_the_address = browser.post(
            "/login", {"username": "ada", "password": PASSWORD}, query_params={"next": target}
        )
        in_the_form = log_in(next=target)

        assert in_the_address["Location"] == in_the_form["Location"] == "/"


def test_after_the_login_the_person_is_where_they_wanted_to_be(ada: Any) -> None:
    assert log_in(next="/v1/me?x=1")["Location"] == "/v1/me?x=1"


def test_all_ways_to_be_wrong_look_the_same(ada: Any) -> None:
    UserFactory(username="gone", is_active=False)
    unusable = UserFactory(username="machine")
    unusable.set_unusable_password()
    unusable.save()

    answers = [
        log_in("ada", "wrong"),
        log_in("nobody", "wrong"),
        log_in("gone", PASSWORD),
        log_in("machine", PASSWORD),
        log_in("ada", "x" * 2000),
    ]

    assert {one.status_code for one in answers} == {200}
    assert {str(one.context["form"].non_field_errors()) for one in answers} == {
        str(answers[0].context["form"].non_field_errors())
    }
    assert len({frozenset(one.headers) - {"Request-Id"} for one in answers}) == 1
    assert not any("sessionid" in one.cookies for one in answers)


@pytest.mark.parametrize("password", [f" {PASSWORD}", f"{PASSWORD} ", PASSWORD.upper(), PASSWORD[:-1]])
def test_a_password_is_taken_literally(ada: Any, password: str) -> None:
    assert log_in(password=password).status_code == 200


def test_spaces_around_a_password_belong_to_it(ada: Any) -> None:
    ada.set_password("  spaced out  ")
    ada.save()

    assert log_in(password="  spaced out  ").status_code == 302
    assert log_in(password="spaced out").status_code == 200


@pytest.mark.parametrize("login", ["\x00", "a" * 60_000, "\ud83d", "ada\x00"], ids=ascii)
def test_a_login_nobody_has_is_just_wrong(ada: Any, login: str) -> None:
    assert log_in(login.encode("utf-8", "surrogatepass").decode("utf-8", "replace")).status_code == 200


def test_a_login_is_noted_without_the_password(ada: Any) -> None:
    log_in()

    event = SecurityEvent.objects.get(kind="signed_in")
    assert (event.user_ref, event.address) == (str(ada.pk), "127.0.0.1")
    assert PASSWORD not in str(list(SecurityEvent.objects.values()))


def test_the_admin_has_no_door_of_its_own(db: None) -> None:
    staff = UserFactory(username="staff", is_staff=True, is_superuser=True)
    browser = Client()

    assert browser.get("/admin/login/?next=/admin/")["Location"] == "/login?next=/admin/"
    browser.post("/admin/login/", {"username": staff.username, "password": PASSWORD})
    assert browser.get("/admin/").status_code == 302


class TestPasswords:
    """A changed password ends a person's grants; a rehash of the same one does not."""

    @pytest.fixture
    def token(self, settings: Settings, printer: OAuthClient, ada: Any) -> str:
        """A token of ada's, whose password was stored by last year's hasher."""
        settings.PASSWORD_HASHERS = ["tests.support.hashers.OfLastYear"]
        ada.set_password(PASSWORD)
        ada.save()
        printer.browser.force_login(ada)
        access_token: str = printer.tokens()["access_token"]
        return access_token

    def test_that_django_hashes_anew_at_login_end_nothing(
        self, settings: Settings, ada: Any, token: str
    ) -> None:
        settings.PASSWORD_HASHERS = ["tests.support.hashers.OfThisYear"]
        stored = ada.password

        assert log_in().status_code == 302

        ada.refresh_from_db()
        assert ada.password != stored
        assert is_live(token)

    def test_that_are_hashed_anew_after_the_secret_key_was_rotated_end_nothing(
        self, settings: Settings, ada: Any, token: str
    ) -> None:
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another-key-that-everybody-knows-0123456789-0123456789"
        settings.PASSWORD_HASHERS = ["tests.support.hashers.OfThisYear"]
        assert is_live(token)

        assert log_in().status_code == 302

        assert is_live(token)

    def test_that_somebody_fails_to_guess_end_nothing(self, settings: Settings, ada: Any, token: str) -> None:
        settings.PASSWORD_HASHERS = ["tests.support.hashers.OfThisYear"]

        log_in(password="wrong")

        assert is_live(token)

    def test_that_are_changed_end_every_grant(self, printer: OAuthClient, ada: Any, token: str) -> None:
        ada.set_password("another long walk")
        ada.save()

        assert not is_live(token)

    def test_that_are_changed_stay_changed_over_a_rehash(
        self, settings: Settings, ada: Any, token: str
    ) -> None:
        ada.set_password("another long walk")
        ada.save()
        settings.PASSWORD_HASHERS = ["tests.support.hashers.OfThisYear"]

        assert log_in(password="another long walk").status_code == 302

        assert not is_live(token)

    def test_that_are_changed_in_bulk_end_every_grant_too(self, ada: Any, token: str) -> None:
        type(ada).objects.filter(pk=ada.pk).update(password="!")

        assert not is_live(token)

    def test_of_somebody_who_is_deactivated_open_nothing(self, ada: Any, token: str) -> None:
        type(ada).objects.filter(pk=ada.pk).update(is_active=False)

        assert not is_live(token)
