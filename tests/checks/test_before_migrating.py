"""``migrate`` runs the checks of rows on the tables of the earlier release: they must not fail there."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("what is recorded of migrations decides")]


@pytest.mark.parametrize("is_missing", [True, False])
def test_rows_are_read_only_when_no_migration_is_missing(is_missing: bool) -> None:
    if is_missing:
        MigrationRecorder(connection).record_unapplied("oauthcore", "0023_openid_connect")
    read = []

    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if 'FROM "oauthcore_' in sql:
            read.append(sql)
            raise OperationalError("no such column")
        return execute(sql, *rest)

    with connection.execute_wrapper(fail):
        if is_missing:
            run_checks(databases=["default"])
        else:
            with pytest.raises(OperationalError):
                run_checks(databases=["default"])

    assert bool(read) is not is_missing
