"""What happens to a person while the page for another password hashes passwords."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.forms import SetPasswordMixin
from django.db.models.signals import pre_save
from django.test import Client

from tests.support.factories import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "another long walk"


def change(browser: Client) -> Any:
    passwords = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    return browser.post("/oauth/security/password", passwords)


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Do something between the check of the old password and the hash of the new one."""
    clean = SetPasswordMixin.set_password_and_save

    def act_and_set(self: Any, user: Any, *args: Any, **how: Any) -> Any:
        act()
        return clean(self, user, *args, **how)

    monkeypatch.setattr(SetPasswordMixin, "set_password_and_save", act_and_set)


def set_password(user: Any, password: str) -> None:
    other = type(user).objects.get(pk=user.pk)
    other.set_password(password)
    other.save()


def test_writes_nothing_that_it_read_before_hashing(
    browser: Client, staff: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody takes rights away while passwords are hashed."""
    rows = type(staff).objects.filter(pk=staff.pk)
    meanwhile(monkeypatch, lambda: rows.update(is_superuser=False, email="new@site.example"))

    assert change(browser).status_code == 303

    staff.refresh_from_db()
    assert staff.check_password(NEW)
    assert (staff.is_superuser, staff.email) == (False, "new@site.example")


def test_replaces_no_password_that_was_set_meanwhile(
    browser: Client, staff: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: set_password(staff, "what the owner has chosen"))

    answered = change(browser)

    staff.refresh_from_db()
    assert staff.check_password("what the owner has chosen")
    assert browser.get(answered["Location"])["Location"].startswith("/login")


def test_what_a_user_model_changes_beside_the_password_is_stored(
    browser: Client, staff: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receiver sees the row as it was, and what a model notes of the change is kept."""
    seen = []
    set_password = type(staff).set_password

    def set_and_note(user: Any, raw_password: str) -> None:
        set_password(user, raw_password)
        user.last_name = "changed"

    def compare(instance: Any, update_fields: Any, **_: Any) -> None:
        if update_fields and "password" in update_fields:
            seen.append(type(instance).objects.get(pk=instance.pk).password != instance.password)

    monkeypatch.setattr(type(staff), "set_password", set_and_note)
    pre_save.connect(compare, sender=type(staff))
    try:
        assert change(browser).status_code == 303
    finally:
        pre_save.disconnect(compare, sender=type(staff))

    staff.refresh_from_db()
    assert (staff.last_name, seen[-1]) == ("changed", True)
