"""``oauthcore_cleanup`` walks along tables stretch by stretch, and removes what is under a row with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models.signals import post_delete
from django.utils import timezone

from oauthcore.flows.tokens.ending import end_grant
from oauthcore.flows.upkeep import cleanup, in_passing, removing
from oauthcore.flows.upkeep.pace import Pace
from oauthcore.models import Device, ExpiryNotice, Grant, Token, Usage, deletion
from oauthcore.rules.tokens.secrets import digest_of
from tests.support.cleaning import clean_up
from tests.support.factories import UserFactory, bearer, device_session, open_grant, register
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleanup, "_AMONG", 3)


@pytest.mark.usefixtures("short_stretches")
@pytest.mark.parametrize("batch_size", ["1", "2", "3", "50"])
def test_each_stretch_of_a_table_is_cleaned(batch_size: str, clock: Any) -> None:
    application, ada = register().application, UserFactory()
    for _ in range(10):
        bearer(user=ada, application=application)
    clock.shift(2 * DAY)
    live = [bearer(user=ada, application=application) for _ in range(10)]
    assert Token.objects.count() == 20

    assert clean_up("--batch-size", batch_size)["access tokens"] == 10

    assert Token.objects.count() == len(live)


@pytest.mark.usefixtures("short_stretches")
def test_no_statement_looks_at_more_than_a_stretch() -> None:
    with statements() as run:
        clean_up()

    looked = [sql for sql in run if sql.startswith("SELECT") and "oauthcore_token" in sql.split("WHERE")[0]]
    assert looked
    assert [sql for sql in looked if "LIMIT" not in sql] == []


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
    assert len([sql for sql in run if sql.startswith("DELETE FROM oauthcore_token")]) >= 4


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


@pytest.mark.parametrize(
    ("seconds", "rows"),
    [([], 1000), ([0.05], 2000), ([0.05] * 9, 10_000), ([0.2], 1000), ([0.5], 500), ([0.5] * 9, 50)],
)
def test_a_transaction_removes_as_many_rows_as_it_can_in_a_fraction_of_a_second(
    seconds: list[float], rows: int
) -> None:
    pace = Pace(10_000)
    for one in seconds:
        pace.note(one)

    assert pace.rows == rows


@pytest.mark.parametrize("seconds", [0.01, 0.2, 3.0])
def test_a_transaction_removes_no_more_rows_than_were_asked_for(seconds: float) -> None:
    pace = Pace(7)
    pace.note(seconds)

    assert pace.rows <= 7


def test_a_receiver_of_a_site_sees_each_row_that_goes(clock: Any) -> None:
    end_grant(open_grant(), "signed out", now=timezone.now())
    clock.shift(31 * DAY)
    seen = []

    def see(instance: Grant, **_: Any) -> None:
        seen.append(instance.pk)

    post_delete.connect(see, sender=Grant)
    try:
        clean_up()
    finally:
        post_delete.disconnect(see, sender=Grant)

    assert len(seen) == 1


@pytest.fixture
def remarks() -> Iterator[Any]:
    """A model of a site: remarks on grants, and on other remarks."""
    label = "photos"
    fields = {
        "id": models.BigIntegerField(primary_key=True),
        "grant": models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+"),
        "on": models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+"),
    }
    meta = type("Meta", (), {"app_label": label, "db_table": "remark", "managed": False})
    deletion._under.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE remark (id bigint, grant_id bigint, on_id bigint)")
    yield type("Remark", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
    del apps.all_models[label]["remark"]
    apps.clear_cache()
    deletion._under.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE remark")


def test_rows_of_a_site_under_a_grant_go_with_it_as_django_deletes_them(remarks: Any, clock: Any) -> None:
    ended, live = open_grant(), device_session(UserFactory())
    end_grant(ended, "signed out", now=timezone.now())
    remarks.objects.bulk_create(
        [remarks(id=1, grant=ended), remarks(id=2, grant=live, on_id=1), remarks(id=3, grant=live)]
    )
    clock.shift(31 * DAY)

    assert clean_up()["ended grants"] == 1

    assert list(remarks.objects.values_list("id", flat=True)) == [3]
