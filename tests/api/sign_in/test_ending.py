"""What ends a device session at the next request, however it happened (wire §6)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from oauthcore.models import Grant
from oauthcore.models.password_marks import password_mark
from reference_site.accounts.models import Account, Membership
from tests.support.endings import DEACTIVATED
from tests.support.factories import UserFactory, service_token
from tests.support.oauth import is_live
from tests.support.passwords import CHANGES, NEW, OLD_KEY
from tests.support.reference_site.factories import MembershipFactory
from tests.support.sign_in.people import with_account, with_second_factor
from tests.support.sign_in.phone import Phone

pytestmark = pytest.mark.django_db

INVALID = (401, "invalid_refresh_token")


@pytest.fixture
def others(clock):
    """A person to whom nothing happens."""
    others = Phone(with_account())
    others.refresh()
    return others


def at_the_admin() -> Client:
    browser = Client()
    browser.force_login(UserFactory(is_staff=True, is_superuser=True))
    return browser


def deactivate_in_the_admin(user: Any) -> None:
    path = f"/admin/auth/user/{user.pk}/change/"
    browser, joined = at_the_admin(), timezone.localtime(user.date_joined)
    form = {
        "username": user.username,
        "date_joined_0": f"{joined:%Y-%m-%d}",
        "date_joined_1": f"{joined:%H:%M:%S}",
    }
    assert browser.post(path, form).status_code == 302


def change_in_the_admin(user: Any) -> None:
    form = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert at_the_admin().post(f"/admin/auth/user/{user.pk}/password/", form).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)


def change_by_command(user: Any) -> None:
    name = "django.contrib.auth.management.commands.changepassword.getpass.getpass"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(name, lambda prompt: NEW)
        call_command("changepassword", user.username, verbosity=0)


@pytest.mark.parametrize(
    "deactivate", [*DEACTIVATED.values(), deactivate_in_the_admin], ids=[*DEACTIVATED, "in the admin"]
)
def test_a_person_who_was_deactivated_or_deleted(deactivate, clock, others):
    person = with_account(username="ada")
    phone = Phone(person)
    phone.refresh()

    deactivate(person.user)

    assert phone.live_tokens() == [False]
    assert phone.try_().refused == INVALID
    assert phone.app.devices(phone.access_tokens[0]).refused == (401, "invalid_token")
    assert phone.app.sign_in().refused == (401, "invalid_credentials")
    assert others.live_tokens() == [True]
    assert others.is_signed_in


def test_a_waiting_second_step_ends_with_the_person_too(person_with_totp, tess_app):
    mfa_token = tess_app.mfa_token()

    DEACTIVATED["by raw SQL"](person_with_totp.user)

    assert tess_app.mfa(mfa_token, person_with_totp.code()).refused == (401, "invalid_mfa_token")


def test_a_person_who_is_activated_again_is_signed_in_still(phone):
    DEACTIVATED["by an update"](phone.person.user)
    assert phone.try_().refused == INVALID

    get_user_model().objects.update(is_active=True)

    assert phone.live_tokens() == [True]
    assert phone.is_signed_in


@pytest.mark.parametrize(
    "change",
    [*CHANGES.values(), change_in_the_admin, change_by_command],
    ids=[*CHANGES, "the admin", "changepassword"],
)
def test_a_new_password_ends_every_session_of_the_person_and_nothing_else(change, phone, others):
    machine = service_token(phone.person.account.pk)

    change(phone.person.user)

    assert phone.live_tokens() == [False]
    assert phone.try_().refused == INVALID
    assert is_live(machine)
    assert others.live_tokens() == [True]
    assert others.is_signed_in


def test_a_session_of_the_new_password_stands_beside_those_that_ended(phone):
    CHANGES["set_password"](phone.person.user)

    again = phone.app.sign_in(password=NEW)

    text = phone.app.access_token(again)
    assert [one["uuid"] for one in phone.app.devices(text).json["devices"]] == [again.json["device"]["uuid"]]
    assert phone.try_().refused == INVALID


def test_more_iterations_of_the_hasher_move_the_sessions_along(clock, settings):
    settings.PASSWORD_HASHERS = ["tests.support.hashers.OfLastYear"]
    phone, tess = Phone(with_account(username="ada")), with_second_factor(username="tess")
    phone.refresh()
    before = phone.grant.password_mark
    settings.PASSWORD_HASHERS = ["tests.support.hashers.OfThisYear", "tests.support.hashers.OfLastYear"]

    tablet = Phone(phone.person, name="Tablet")

    assert phone.grant.password_mark != before, "the sign-in has hashed the password anew"
    assert phone.live_tokens() == [True]
    assert phone.is_signed_in
    assert tablet.is_signed_in
    assert password_mark(tess.user) != phone.grant.password_mark


@pytest.mark.parametrize("fallbacks", [[OLD_KEY], ["another-key", OLD_KEY], []], ids=len)
def test_a_new_secret_key_ends_nothing_as_long_as_the_old_one_is_a_fallback(fallbacks, clock, settings):
    new_key, settings.SECRET_KEY = settings.SECRET_KEY, OLD_KEY
    phone = Phone(with_account())
    phone.refresh()

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new_key, fallbacks

    assert phone.live_tokens() == [bool(fallbacks)]
    assert phone.is_signed_in == bool(fallbacks)


def test_a_session_that_refreshed_meanwhile_outlives_the_old_key(clock, settings):
    new_key, settings.SECRET_KEY = settings.SECRET_KEY, OLD_KEY
    person = with_account()
    refreshed, asleep = Phone(person), Phone(person)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new_key, [OLD_KEY]
    refreshed.refresh()

    settings.SECRET_KEY_FALLBACKS = []

    assert refreshed.live_tokens() == [True]
    assert refreshed.is_signed_in
    assert asleep.try_().refused == INVALID


def test_a_refused_account_moves_no_mark_and_a_mark_that_has_moved_meanwhile_is_left(clock, settings):
    new_key, settings.SECRET_KEY = settings.SECRET_KEY, OLD_KEY
    phone = Phone(with_account())
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new_key, [OLD_KEY]
    as_read = Grant.objects.select_related("user").get(uuid=phone.uuid)
    phone.try_(account=with_account().account)
    assert phone.grant.password_mark == as_read.password_mark

    Grant.objects.update(password_mark=b"m" * 32)  # as a rehash at the same time does
    as_read.renew_password_mark()

    assert phone.grant.password_mark == b"m" * 32


LOST = {
    "suspended": lambda account: Account.objects.filter(pk=account.pk).update(suspended_at=timezone.now()),
    "membership removed": lambda account: Membership.objects.filter(account=account).delete(),
    "deleted": lambda account: Account.objects.filter(pk=account.pk).delete(),
}


@pytest.mark.parametrize("lose", LOST.values(), ids=LOST)
def test_an_account_that_was_lost_ends_its_tokens_and_not_the_session(lose, phone):
    other = MembershipFactory(user=phone.person.user).account
    here, there = phone.access_tokens[0], phone.access_token(other)

    lose(phone.person.account)

    assert phone.app.me(here).refused == (401, "invalid_token")
    assert is_live(there)
    assert phone.refresh().refused == (403, "account_not_allowed")
    assert phone.refresh(other).status == 200
    assert phone.app.devices(here).refused == (401, "invalid_token")
    assert len(phone.app.devices(there).json["devices"]) == 1


def test_an_account_that_is_given_back_is_worked_on_again(phone):
    Account.objects.update(suspended_at=timezone.now())
    assert phone.live_tokens() == [False]

    Account.objects.update(suspended_at=None)

    assert phone.live_tokens() == [True]
