"""Liveness is asked at use: it does not matter how a user, an application or an account ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from oauthcore.models import Application, Grant
from oauthcore.models.issuing import issue
from oauthcore.models.password_marks import password_mark
from reference_site.accounts.models import Account, Membership
from tests.support.endings import DEACTIVATED, run_sql, save, users
from tests.support.factories import UserFactory, bearer, register, service_token
from tests.support.oauth import OAuthClient, is_live, with_person
from tests.support.reference_site.factories import AccountFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def applications(application: Application) -> Any:
    return Application.objects.filter(pk=application.pk)


def session_token(user: Any) -> str:
    """Issue an access token of a person who signed in on a device."""
    grant = Grant.objects.create(kind=Grant.Kind.SESSION, user=user, password_mark=password_mark(user))
    issued = issue(grant, scopes=frozenset(), account_uuid=None, now=timezone.now())
    return issued.access_token.reveal()


@pytest.mark.parametrize("deactivate", DEACTIVATED.values(), ids=DEACTIVATED)
def test_a_user_who_was_deactivated_ends_all_that_acts_for_them_and_nothing_else(deactivate):
    ada, grace = UserFactory(), UserFactory()
    printer = register()
    adas, graces = with_person(printer, ada), with_person(printer, grace)
    code, tokens, others, device = adas.code(), adas.tokens(), graces.tokens(), session_token(ada)

    deactivate(ada)

    assert not is_live(tokens["access_token"])
    assert not is_live(device)
    assert adas.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert adas.redeem(code).json()["error"] == "invalid_grant"
    assert is_live(others["access_token"])
    assert graces.refresh(others["refresh_token"]).status_code == 200


@pytest.mark.parametrize("name", ["by saving", "by an update", "by raw SQL"])
def test_a_user_who_is_activated_again_gets_back_what_was_never_ended(name):
    ada = UserFactory()
    token = bearer(user=ada)

    DEACTIVATED[name](ada)
    assert not is_live(token)
    users(ada).update(is_active=True)

    assert is_live(token)


ENDED = {
    "disabled by saving": lambda one: save(one, is_enabled=False),
    "disabled by an update": lambda one: applications(one).update(is_enabled=False),
    "disabled by raw SQL": lambda one: run_sql(
        "UPDATE oauthcore_application SET is_enabled = %s WHERE id = %s", False, one.pk
    ),
    "marked as deleted by an update": lambda one: applications(one).update(deleted_at=timezone.now()),
    "deleted": lambda one: one.delete(),
    "deleted in bulk": lambda one: applications(one).delete(),
}


@pytest.mark.parametrize("end", ENDED.values(), ids=ENDED)
def test_an_application_that_was_ended_ends_all_that_it_holds_and_nothing_else(end):
    ada = UserFactory()
    printer, frame = with_person(user=ada), with_person(user=ada)
    code, tokens, others = printer.code(), printer.tokens(), frame.tokens()
    own = printer.token(grant_type="client_credentials", scope="read").json()["access_token"]
    device = session_token(ada)

    end(printer.registered.application)

    assert not is_live(tokens["access_token"])
    assert not is_live(own)
    assert printer.refresh(tokens["refresh_token"]).json()["error"] == "invalid_client"
    assert printer.redeem(code).json()["error"] == "invalid_client"
    assert is_live(others["access_token"])
    assert is_live(device)


ACCOUNT_LOST: dict[str, Callable[[Account, Any], object]] = {
    "suspended": lambda account, _: Account.objects.filter(pk=account.pk).update(suspended_at=timezone.now()),
    "left": lambda account, user: Membership.objects.filter(account=account, user=user).delete(),
}


@pytest.mark.parametrize("lose", ACCOUNT_LOST.values(), ids=ACCOUNT_LOST)
def test_an_account_that_was_lost_ends_what_works_on_it_and_nothing_else(lose):
    membership = MembershipFactory(user=(ada := UserFactory()))
    other = MembershipFactory(user=ada).account
    here, there = (bearer(user=ada, account_uuid=one.uuid) for one in (membership.account, other))

    lose(membership.account, ada)

    assert not is_live(here)
    assert is_live(there)


def test_a_service_token_ends_with_its_account_and_outlives_whoever_left():
    account = MembershipFactory(user=(ada := UserFactory()), account=AccountFactory()).account
    token = service_token(account.uuid)

    ACCOUNT_LOST["left"](account, ada)
    assert is_live(token)
    ACCOUNT_LOST["suspended"](account, ada)
    assert not is_live(token)


def test_introspection_sees_the_same_ends():
    ada = UserFactory()
    oauth = with_person(user=ada)
    tokens = oauth.tokens()
    server = OAuthClient(register(may_introspect=True))
    assert server.introspect(tokens["access_token"]).json()["active"]
    assert oauth.introspect(tokens["refresh_token"]).json()["active"]

    DEACTIVATED["by raw SQL"](ada)

    assert server.introspect(tokens["access_token"]).json() == {"active": False}
    assert oauth.introspect(tokens["refresh_token"]).json() == {"active": False}


def test_using_a_token_writes_nothing_to_its_grant():
    oauth = with_person()
    tokens = oauth.tokens()
    before = Grant.objects.values().get()

    assert is_live(tokens["access_token"])
    assert oauth.refresh(tokens["refresh_token"]).status_code == 200

    assert Grant.objects.values().get() == before
