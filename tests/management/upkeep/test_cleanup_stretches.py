"""``oauthcore_cleanup`` walks along tables stretch by stretch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from oauthcore.flows.upkeep import cleanup
from oauthcore.flows.upkeep.pace import Pace
from oauthcore.flows.upkeep.sorts import sorts
from oauthcore.models import Token
from oauthcore.models.lookups import lock_first
from tests.support.cleaning import clean_up
from tests.support.factories import UserFactory, bearer, register
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


@pytest.mark.postgres
@pytest.mark.not_on_mariadb("it reads plans of PostgreSQL")
def test_no_grant_is_looked_at_for_a_living_token() -> None:
    """``NULL < … AND …`` looks at what comes behind: it may be false, which is not the same as unknown."""
    bearer()
    [access] = [sort for sort in sorts(timezone.now(), keep=DAY) if sort.what == "access tokens"]

    assert "never executed" in access.rows().explain(analyze=True)


@pytest.mark.postgres
@pytest.mark.not_on_mariadb("it compiles nothing")
def test_no_batch_is_compiled() -> None:
    """PostgreSQL would take longer for that than for the rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = on")
        lock_first(Token.objects.all(), 1)
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


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
