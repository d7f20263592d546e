"""``oauthcore_cleanup`` removes what is under an ended grant with it."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from oauthcore.flows.tokens.ending import end_grant
from oauthcore.flows.upkeep import in_passing, removing
from oauthcore.models import AuthorizationCode, Device, ExpiryNotice, Grant, Token, Usage
from oauthcore.rules.tokens.secrets import digest_of
from tests.support.cleaning import clean_up
from tests.support.factories import UserFactory, bearer, device_session, open_grant
from tests.support.statements import plain, statements

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.mark.postgres
@pytest.mark.not_on_mariadb("its keys do not cascade")
def test_the_database_deletes_tokens_and_codes_with_their_grants(clock: Any) -> None:
    grants = [open_grant(), open_grant()]
    for number, grant in enumerate(grants):
        Token.objects.create(kind="access", grant=grant, digest=digest_of(f"{number}"))
    lifetime = timedelta(minutes=1)
    AuthorizationCode.objects.create(
        grant=grants[0], digest=digest_of("code"), expires_at=timezone.now() + lifetime
    )
    Grant.objects.update(revoked_at=timezone.now())
    clock.shift(31 * DAY)
    bearer()

    with statements() as run:
        removed = clean_up()

    names = ["tokens of ended grants", "codes of ended grants", "ended grants"]
    assert [removed[name] for name in names] == [2, 1, 2]
    of_them = ("DELETE FROM oauthcore_token", "DELETE FROM oauthcore_authorizationcode")
    assert [sql for sql in run if sql.startswith(of_them)] == []
    assert [model.objects.count() for model in (Grant, Token, AuthorizationCode)] == [1, 1, 0]


@pytest.mark.postgres
@pytest.mark.not_on_mariadb("its keys do not cascade")
def test_tokens_go_before_their_grants_where_no_key_deletes_them(clock: Any) -> None:
    """A site may have made its tables without the migrations."""
    grant = open_grant()
    Token.objects.create(kind="access", grant=grant, digest=digest_of("token"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing is left to check, so the table may change
        for table in ("oauthcore_token", "oauthcore_authorizationcode"):
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass", [table]
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            cursor.execute(
                f"ALTER TABLE {table} ADD FOREIGN KEY (grant_id) REFERENCES oauthcore_grant"
                " DEFERRABLE INITIALLY DEFERRED"
            )
    Grant.objects.update(revoked_at=timezone.now())
    clock.shift(31 * DAY)

    removed = clean_up()

    assert (removed["tokens of ended grants"], removed["ended grants"]) == (1, 1)
    assert not Token.objects.exists()


def test_an_imported_grant_that_has_no_end_stays_beside_others_and_loses_its_tokens(clock: Any) -> None:
    """The other package still has its token: the next import must find that it was ended here."""
    for number, package in enumerate((None, "authtoken")):
        grant = open_grant(imported_from=package)
        Token.objects.create(kind="access", grant=grant, digest=digest_of(f"{number}"))
    Grant.objects.update(revoked_at=timezone.now())
    clock.shift(31 * DAY)

    removed = clean_up()

    assert (removed["tokens of ended grants"], removed["ended grants"]) == (2, 1)
    assert Grant.objects.get().imported_from == "authtoken"
    assert not Token.objects.exists()


def test_what_is_under_an_ended_grant_goes_with_it(clock: Any) -> None:
    grant = device_session(UserFactory())
    Usage.objects.create(grant=grant, day=timezone.now().date(), last_at=timezone.now())
    end_grant(grant, "signed out", now=timezone.now())
    clock.shift(31 * DAY)

    assert clean_up()["ended grants"] == 1

    assert [model.objects.count() for model in (Grant, Device, Usage, Token)] == [0, 0, 0, 0]


def test_a_grant_with_more_tokens_than_a_transaction_removes_goes_in_several(
    clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "_UNDER_EACH", 2)
    grants = [open_grant(), open_grant()]
    for number in range(7):
        Token.objects.create(kind="access", grant=grants[number % 2], digest=digest_of(f"{number}"))
    Grant.objects.update(revoked_at=timezone.now())
    clock.shift(31 * DAY)

    with statements() as run:
        removed = clean_up("--batch-size", "1")

    assert (removed["tokens of ended grants"], removed["ended grants"]) == (7, 2)
    # PostgreSQL deletes the last one with its grant.
    of_tokens = 3 if connection.vendor == "postgresql" else 4
    assert len([sql for sql in run if sql.startswith("DELETE FROM oauthcore_token")]) >= of_tokens


class _Refused(Exception):
    sqlstate = "55P03"


@pytest.mark.parametrize(
    "cause",
    [pytest.param(_Refused(), marks=pytest.mark.not_on_mariadb("it knows no short wait for a lock")), None],
)
def test_a_lock_that_is_refused_is_passed_over_and_another_error_is_raised(
    cause: Exception | None, clock: Any
) -> None:
    grant = open_grant()
    Token.objects.create(kind="access", grant=grant, digest=digest_of("token"))
    Grant.objects.update(revoked_at=timezone.now())
    clock.shift(31 * DAY)
    tries = []

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if plain(sql).startswith("DELETE FROM oauthcore_grant"):
            tries.append(sql)
            if len(tries) == 1:
                raise OperationalError("not now") from cause
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse), nullcontext() if cause else pytest.raises(OperationalError):
        assert clean_up()["ended grants"] == 1

    assert Grant.objects.exists() == (cause is None)


def test_cleaning_up_in_passing_takes_such_a_grant_too(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removing, "_UNDER_EACH", 1)
    monkeypatch.setattr(in_passing, "_BATCH", 1)
    grant = open_grant()
    for number in range(3):
        Token.objects.create(kind="access", grant=grant, digest=digest_of(f"{number}"))
    Grant.objects.update(revoked_at=timezone.now())
    clock.shift(31 * DAY)

    assert in_passing.turn(now=timezone.now())

    assert not Grant.objects.exists()


def test_a_grant_whose_tokens_are_not_free_stays_until_they_are(
    clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On databases that lock rows, ``test_cleanup_races`` has somebody who holds one."""
    monkeypatch.setattr(removing, "go_together", lambda _: False)
    grant = device_session(UserFactory())
    end_grant(grant, "signed out", now=timezone.now())
    clock.shift(31 * DAY)
    lock_first = removing.lock_first
    with monkeypatch.context() as patch:
        patch.setattr(
            removing,
            "lock_first",
            lambda rows, most: lock_first(rows.none() if rows.model is Token else rows, most),
        )
        removed = clean_up()

    assert (removed["ended grants"], Grant.objects.count(), Token.objects.count()) == (0, 1, 1)
    assert clean_up()["ended grants"] == 1
    assert not Token.objects.exists()


def test_what_a_grant_left_behind_that_was_deleted_by_hand_goes(clock: Any) -> None:
    grant, live = device_session(UserFactory()), device_session(UserFactory())
    for one in (grant, live):
        ExpiryNotice.objects.create(grant=one, expires_at=timezone.now(), days=7)
    Token.objects.filter(grant=grant).delete()
    Grant.objects.filter(pk=grant.pk)._raw_delete(Grant.objects.db)

    removed = clean_up()

    names = ["devices of removed grants", "expiry notices of removed grants"]
    assert [removed[name] for name in names] == [1, 1]
    assert [model.objects.get().grant_id for model in (Device, ExpiryNotice)] == [live.pk, live.pk]
