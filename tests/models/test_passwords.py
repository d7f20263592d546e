"""The password mark: it changes when, and only when, the password does."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher, identify_hasher
from django.test import Client

from oauthcore.models import Grant, password_marks
from oauthcore.models.password_marks import password_mark
from tests.support.factories import PASSWORD, UserFactory, bearer, register, service_token
from tests.support.oauth import is_live, with_person
from tests.support.passwords import CHANGES, NEW, OLD_KEY, set_password
from tests.support.reference_site.factories import AccountFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def iterations(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Hash with PBKDF2, and let the test say with how many iterations."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]

    def set_to(number: int) -> None:
        monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", number)

    set_to(1)
    return set_to


def log_in(user: Any, password: str) -> Any:
    return Client().post("/login", {"username": user.get_username(), "password": password})


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_new_password_ends_what_was_granted_under_the_old_one(change):
    oauth = with_person(user=(ada := UserFactory()))
    code, tokens = oauth.code(), oauth.tokens()

    change(ada)

    assert not is_live(tokens["access_token"])
    assert oauth.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert oauth.redeem(code).json()["error"] == "invalid_grant"


def test_a_new_password_ends_nothing_of_others_and_of_machines():
    ada = UserFactory()
    printer = with_person(register(owner=ada))
    own = printer.token(grant_type="client_credentials", scope="read").json()["access_token"]
    live = [own, printer.tokens()["access_token"], service_token(AccountFactory().uuid)]

    set_password(ada)

    assert all(map(is_live, live))


def test_logging_in_with_the_new_password_brings_nothing_back():
    token = bearer(user=(ada := UserFactory()))
    set_password(ada)

    assert log_in(ada, NEW).status_code == 302

    assert not is_live(token)


def test_what_is_granted_under_the_new_password_is_live():
    ada = UserFactory()
    set_password(ada)

    assert is_live(bearer(user=ada))


def test_a_rehash_at_login_moves_the_persons_grants_along_and_nobody_elses(iterations):
    ada, grace = UserFactory(), UserFactory()
    oauth = with_person(user=ada)
    tokens, others = oauth.tokens(), bearer(user=grace)
    marks = set(Grant.objects.values_list("password_mark", flat=True))
    iterations(2)

    assert log_in(ada, PASSWORD).status_code == 302

    ada.refresh_from_db()
    assert "$2$" in ada.password, identify_hasher(ada.password)
    assert is_live(tokens["access_token"])
    assert oauth.refresh(tokens["refresh_token"]).status_code == 200
    assert is_live(others)
    assert len(marks & set(Grant.objects.values_list("password_mark", flat=True))) == 1


def test_a_rehash_moves_nothing_that_an_earlier_password_has_ended(iterations):
    token = bearer(user=(ada := UserFactory()))
    set_password(ada)
    iterations(2)

    assert log_in(ada, NEW).status_code == 302

    assert not is_live(token)


def test_a_wrong_password_moves_nothing(iterations):
    token = bearer(user=(ada := UserFactory()))
    marks = list(Grant.objects.values_list("password_mark", flat=True))
    iterations(2)

    assert log_in(ada, NEW).status_code == 200

    assert list(Grant.objects.values_list("password_mark", flat=True)) == marks
    assert is_live(token)


@pytest.mark.parametrize(
    ("fallbacks", "live"), [([OLD_KEY], True), (["another-key", OLD_KEY], True), ([], False)]
)
def test_a_new_secret_key_ends_nothing_as_long_as_the_old_one_is_a_fallback(fallbacks, live, settings):
    new_key, settings.SECRET_KEY = settings.SECRET_KEY, OLD_KEY
    token = bearer()

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new_key, fallbacks

    assert is_live(token) is live


def test_a_new_password_ends_what_a_fallback_key_has_marked(settings):
    new_key, settings.SECRET_KEY = settings.SECRET_KEY, OLD_KEY
    token = bearer(user=(ada := UserFactory()))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new_key, [OLD_KEY]

    set_password(ada)

    assert not is_live(token)


def test_a_mark_tells_neither_the_password_nor_its_hash():
    ada = UserFactory()

    mark = password_mark(ada)

    assert len(mark) == 32
    assert mark == password_mark(get_user_model().objects.get(pk=ada.pk))
    assert ada.password.encode() not in mark


def person(**values: str) -> Any:
    return get_user_model()(**values)


def test_a_mark_that_was_worked_out_before_is_that_of_this_password_and_this_secret_key(settings):
    first = password_mark(person(password="one"))

    assert password_mark(person(password="one")) == first
    assert password_mark(person(password="other")) != first
    settings.SECRET_KEY = OLD_KEY
    assert password_mark(person(password="one")) != first


def test_where_the_sites_own_class_says_what_a_session_follows_from_it_is_asked_each_time(monkeypatch):
    monkeypatch.setattr(get_user_model(), "get_session_auth_hash", lambda self: self.password + self.email)
    ada = person(password="one", email="ada@site.example")
    before = password_mark(ada)

    ada.email = "ada@elsewhere.example"

    assert password_mark(ada) != before


def test_the_marks_of_few_passwords_are_kept(monkeypatch):
    monkeypatch.setattr(password_marks, "_kept", kept := {})
    monkeypatch.setattr(password_marks, "_MOST_KEPT", 3)

    marks = {password_mark(person(password=f"password {number}")) for number in range(8)}

    assert len(marks) == 8
    assert len(kept) <= 3
