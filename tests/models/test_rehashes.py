"""A rehash of an unchanged password ends nothing, wherever it happens; a change ends all, in any way."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib import admin
from django.contrib.auth import aauthenticate, authenticate, get_user_model
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.db import DatabaseError
from django.test import Client
from django.urls import include, path
from django.utils import timezone

from oauthcore import conf
from oauthcore.flows.passwords.rehashes import keep_grants_over_rehashes
from oauthcore.models import Grant, MFAChallenge
from oauthcore.rules.sign_in.devices import DeviceDescriptor
from oauthcore.rules.tokens.secrets import SecretKind
from tests.support.factories import PASSWORD, UserFactory, bearer
from tests.support.oauth import is_live, with_person

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

#: With the admin's own login, which the reference site does not use.
urlpatterns = [path("admin/", admin.site.urls), path("", include("reference_site.urls"))]

NEW = "a short run through the wood"


def log_in_at(address: str) -> Any:
    return lambda user: Client().post(address, {"username": user.get_username(), "password": PASSWORD})


def check_in_form(user: Any) -> None:
    form = PasswordChangeForm(user, {"old_password": PASSWORD, "new_password1": "x", "new_password2": "y"})
    assert not form.is_valid()
    assert "old_password" not in form.errors


def log_in_by_form(user: Any) -> None:
    assert AuthenticationForm(data={"username": user.get_username(), "password": PASSWORD}).is_valid()


CHECKS = {
    "our login page": log_in_at("/login"),
    "the admin's login": log_in_at("/admin/login/"),
    "Django's login form": log_in_by_form,
    "authenticate": lambda user: authenticate(username=user.get_username(), password=PASSWORD),
    "aauthenticate": lambda user: async_to_sync(aauthenticate)(
        username=user.get_username(), password=PASSWORD
    ),
    "a form that asks for the password": check_in_form,
    "check_password": lambda user: user.check_password(PASSWORD),
    "acheck_password": lambda user: async_to_sync(user.acheck_password)(PASSWORD),
}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_rehash_ends_nothing(check, ada):
    oauth = with_person(user=ada)
    code, tokens, before = oauth.code(), oauth.tokens(), ada.password

    check(ada)

    ada.refresh_from_db()
    assert before != ada.password, "Django should have hashed it anew"
    assert is_live(tokens["access_token"])
    assert oauth.refresh(tokens["refresh_token"]).status_code == 200
    assert oauth.redeem(code).status_code == 200


def test_a_rehash_ends_no_sign_in_that_waits_for_the_second_factor(ada):
    waiting = MFAChallenge.open(
        ada,
        MFAChallenge.Channel.APP,
        DeviceDescriptor(),
        conf.settings().secret_format.make(SecretKind.MFA),
        now=timezone.now(),
    )

    assert ada.check_password(PASSWORD)

    assert MFAChallenge.objects.get(pk=waiting.pk).obstacle(timezone.now()) is None


def change_by_form(user: Any) -> None:
    form = PasswordChangeForm(user, {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})
    assert form.is_valid(), form.errors
    form.save()


def check_and_set(user: Any, **how: Any) -> None:
    assert user.check_password(PASSWORD)
    user.set_password(NEW)
    user.save(**how)


def check_and_assign(user: Any, password: str) -> None:
    assert user.check_password(PASSWORD)
    user.password = make_password(password)
    user.save(update_fields=["password"])


CHANGES = {
    "a form that asks for the old one": change_by_form,
    "a check, and a new one": check_and_set,
    "a check, and a new one in a save of that field": lambda user: check_and_set(
        user, update_fields=["password"]
    ),
    "a check, and a new hash": lambda user: check_and_assign(user, NEW),
    "a check, and the same password set again": lambda user: check_and_assign(user, PASSWORD),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_ends_all_though_the_old_password_was_rehashed_before_it(change, ada):
    oauth = with_person(user=ada)
    tokens = oauth.tokens()

    change(ada)

    assert not is_live(tokens["access_token"])
    assert oauth.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_wrong_password_moves_nothing(ada):
    token, before = bearer(user=ada), ada.password

    assert not ada.check_password(NEW)

    ada.refresh_from_db()
    assert ada.password == before
    assert is_live(token)


def test_what_an_earlier_password_has_ended_stays_ended(ada, monkeypatch):
    token = bearer(user=ada)
    get_user_model().objects.filter(pk=ada.pk).update(password=make_password(NEW))
    ada = get_user_model().objects.get(pk=ada.pk)
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 3)

    assert ada.check_password(NEW)

    assert not is_live(token)


def test_others_keep_theirs_as_they_are(ada):
    grace = UserFactory()
    token, mark = bearer(user=grace), Grant.objects.get(user=grace).password_mark

    assert ada.check_password(PASSWORD)

    assert Grant.objects.get(user=grace).password_mark == mark
    assert is_live(token)


def test_a_hash_that_could_not_be_saved_moves_nothing(ada, monkeypatch):
    token = bearer(user=ada)

    def fail(*_: Any, **__: Any) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(type(ada), "save", fail)
    with pytest.raises(DatabaseError):
        ada.check_password(PASSWORD)
    monkeypatch.undo()

    assert is_live(token)
    assert "save" not in ada.__dict__


class Person(get_user_model()):  # type: ignore[misc]
    """A user model that knows nothing of oauthcore, and notes wrong passwords in its own check."""

    class Meta:
        proxy = True
        app_label = "auth"

    def check_password(self, raw_password: str) -> bool:
        is_right = super(get_user_model(), self).check_password(raw_password)
        if not is_right:
            self.last_name += "!"
            self.save(update_fields=["last_name"])
        return is_right


def test_a_user_model_with_a_check_of_its_own_needs_nothing_of_ours(ada):
    token = bearer(user=ada)
    keep_grants_over_rehashes(Person)
    person = Person.objects.get(pk=ada.pk)

    assert not person.check_password(NEW)
    assert person.check_password(PASSWORD)

    assert person.last_name == "!"
    assert person.password != ada.password
    assert is_live(token)
