"""What the database itself refuses, whoever writes: design rules that no code path can get around."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from oauthcore.models import (
    AuthorizationCode,
    ClientSecret,
    Consent,
    Grant,
    Token,
    Usage,
)
from tests.support.factories import UserFactory, open_grant, register

pytestmark = pytest.mark.django_db

MARK = bytes(range(32))


def assert_refused(make: Any, *args: Any, **values: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(*args, **values)


@pytest.fixture
def owners() -> dict[str, Any]:
    """Everything a grant could belong to."""
    return {
        "application": register().application,
        "user": UserFactory(),
        "account_uuid": uuid4(),
        "password_mark": MARK,
    }


#: What a grant of each kind belongs to.
OWNERS = {
    "application": {"application", "user", "password_mark"},
    "client": {"application"},
    "session": {"user", "password_mark"},
    "service": set(),
}
#: What it may have besides.
ALLOWED = {
    "application": {"account_uuid"},
    "client": {"password_mark"},
    "session": {"account_uuid"},
    "service": {"account_uuid", "password_mark"},
}
EVERY_OWNER = ("application", "user", "account_uuid", "password_mark")


def test_every_kind_of_grant_is_described_here():
    assert OWNERS.keys() == ALLOWED.keys() == set(Grant.Kind.values)


@pytest.mark.parametrize("kind", OWNERS)
def test_a_grant_belongs_to_what_its_kind_says(kind, owners):
    grant = Grant.objects.create(kind=kind, **{name: owners[name] for name in OWNERS[kind]})

    assert Grant.objects.get() == grant


@pytest.mark.parametrize(
    ("kind", "missing"), [(kind, name) for kind, names in OWNERS.items() for name in sorted(names)]
)
def test_a_grant_without_one_of_its_owners_is_refused(kind, missing, owners):
    values = {name: owners[name] for name in OWNERS[kind] - {missing}}

    assert_refused(Grant.objects.create, kind=kind, **values)


@pytest.mark.parametrize(
    ("kind", "strange"),
    [
        (kind, name)
        for kind, names in OWNERS.items()
        for name in EVERY_OWNER
        if name not in names | ALLOWED[kind]
    ],
)
def test_a_grant_with_an_owner_of_another_kind_is_refused(kind, strange, owners):
    values = {name: owners[name] for name in OWNERS[kind] | {strange}}

    assert_refused(Grant.objects.create, kind=kind, **values)


@pytest.mark.parametrize("kind", ["application", "session", "service"])
def test_only_the_grant_an_application_has_for_itself_stands(kind, owners):
    values = {name: owners[name] for name in OWNERS[kind]}

    assert_refused(Grant.objects.create, kind=kind, standing_for=owners["application"], **values)


def test_a_grant_stands_for_its_own_application_only(owners):
    assert_refused(
        Grant.objects.create,
        kind="client",
        application=owners["application"],
        standing_for=register().application,
    )


def test_an_application_has_one_standing_grant(owners):
    application = owners["application"]
    Grant.standing(application)

    assert_refused(Grant.objects.create, kind="client", application=application, standing_for=application)


def test_a_grant_of_a_kind_nobody_knows_is_refused(owners):
    assert_refused(Grant.objects.create, kind="wish", **owners)


def test_kind_and_owner_agree_after_an_update_too():
    open_grant()

    assert_refused(Grant.objects.update, kind="client")
    assert_refused(Grant.objects.update, user=None)
    assert_refused(Grant.objects.update, password_mark=None)


def a_token(**values: Any) -> Token:
    return Token.objects.create(
        **{"kind": "access", "grant": open_grant(), "digest": MARK, **values},
    )


def a_code(**values: Any) -> AuthorizationCode:
    return AuthorizationCode.objects.create(
        **{"grant": open_grant(), "digest": MARK, "expires_at": timezone.now() + timedelta(60), **values}
    )


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "refresh"},
        {"kind": "refresh", "previous": MARK},
        {"kind": "access", "turn": MARK},
        {"kind": "access", "previous": MARK},
        {"kind": "access", "turned_at": timezone.now()},
        {"kind": "id", "turn": MARK},
        {"kind": ""},
    ],
)
def test_refresh_tokens_have_a_turn_and_access_tokens_none(values):
    assert_refused(a_token, **values)


def test_a_refresh_token_with_its_turn_is_taken():
    assert a_token(kind="refresh", turn=MARK).pk


@pytest.mark.parametrize("make", [a_token, a_code])
def test_a_digest_is_stored_once(make):
    make()

    assert_refused(make)


@pytest.mark.parametrize("make", [a_token, a_code, open_grant])
@pytest.mark.parametrize("seconds", [0, -1])
def test_nothing_ends_before_it_begins(make, seconds):
    now = timezone.now()

    assert_refused(make, created_at=now, expires_at=now + timedelta(seconds=seconds))


@pytest.mark.parametrize("forms", [{}, {"digest": MARK, "encoded": "md5$x$y"}])
def test_a_client_secret_has_exactly_one_form(forms):
    assert_refused(ClientSecret.objects.create, application=register().application, **forms)


def test_a_person_consents_to_an_application_in_one_row(owners):
    both = {"user": owners["user"], "application": owners["application"]}
    Consent.objects.create(**both)

    assert_refused(Consent.objects.create, **both)


def test_a_grant_has_one_row_of_usage_a_day():
    now = timezone.now()
    Usage.objects.create(grant=(grant := open_grant()), day=now.date(), last_at=now)

    assert_refused(Usage.objects.create, grant=grant, day=now.date(), last_at=now)
