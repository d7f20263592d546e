"""Foreign keys and indexes as the migrations leave them in the database."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

_DOUBLED = """
    SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_index y ON y.indrelid = x.indrelid AND y.indexrelid <> x.indexrelid
    WHERE i.relname LIKE 'oauthcore_%%' AND NOT x.indisunique AND x.indpred IS NULL AND y.indpred IS NULL
    AND 0 <> ALL (x.indkey::int[])
    AND (y.indkey::int[])[0:x.indnkeyatts - 1] = (x.indkey::int[])[0:x.indnkeyatts - 1]
    AND (y.indclass::oid[])[0:x.indnkeyatts - 1] = (x.indclass::oid[])[0:x.indnkeyatts - 1]
"""


@pytest.mark.postgres
@pytest.mark.not_on_mariadb("it reads the catalogue of PostgreSQL")
def test_no_index_is_only_the_beginning_of_another() -> None:
    """Each index costs every new row."""
    with connection.cursor() as cursor:
        cursor.execute(_DOUBLED)
        assert cursor.fetchall() == []


@pytest.mark.postgres
@pytest.mark.not_on_mariadb("it reads the catalogue of PostgreSQL")
def test_a_removed_grant_is_looked_for_in_two_tables_which_lose_what_is_under_it() -> None:
    """Each constraint costs as much for a removed grant as all else, and one without an action twice that."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confdeltype FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = 'oauthcore_grant'::regclass"
        )
        found = {table: action.decode() if isinstance(action, bytes) else action for table, action in cursor}

    assert found == {"oauthcore_token": "c", "oauthcore_authorizationcode": "c"}
