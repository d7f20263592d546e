"""How PostgreSQL runs the compiled statements that read from several tables."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from benchmarks.admin_rows import fill
from oauthcore.models.statements import Select
from tests.support.compiled import compiled

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
    pytest.mark.not_on_mariadb("it reads plans of PostgreSQL"),
]

DIGEST = "decode(md5(id::text) || md5('x'), 'hex')"
MORE = (
    f"""INSERT INTO oauthcore_clientsecret (application_id, digest, hint, created_at)
    SELECT id, {DIGEST}, '', now() FROM oauthcore_application""",
    f"""INSERT INTO oauthcore_clientkey (application_id, name, jwk, thumbprint, created_at)
    SELECT id, '', '{{}}', {DIGEST}, now() FROM oauthcore_application""",
    f"""INSERT INTO oauthcore_authorizationcode (grant_id, digest, redirect_uri, code_challenge,
        code_challenge_method, created_at, expires_at, failures)
    SELECT id, {DIGEST}, '', '', '', now(), now() + interval '1 minute', 0 FROM oauthcore_grant""",
    f"""INSERT INTO oauthcore_deviceauthorization (application_id, digest, user_code_digest, scopes,
        resources, address, created_at, expires_at, interval, next_poll_at)
    SELECT id, {DIGEST}, {DIGEST}, '', '', '', now(), now() + interval '1 minute', 5, now()
    FROM oauthcore_application""",
)
"""Rows for the tables that no list of the admin shows."""
ROWS = 4_000  # a table of fewer is read as a whole sooner than through an index
#: Nothing of this belongs into a statement that reads what belongs to one row.
SLOW = re.compile("Seq Scan|Hash Join|Merge Join|Materialize")


def plan_of(sql: str) -> str:
    """Return the plan that PostgreSQL keeps for whatever values the statement is executed with."""
    numbers = iter(range(1, 100))
    with connection.connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE kept AS {re.sub('%s', lambda _: f'${next(numbers)}', sql)}")
        cursor.execute(f"EXPLAIN EXECUTE kept({', '.join(['NULL'] * (next(numbers) - 1))})")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("DEALLOCATE kept")
    return plan


def test_every_joined_table_is_read_through_an_index_one_row_after_the_other():
    fill(ROWS)
    with connection.cursor() as cursor:
        for statement in (*MORE, "ANALYZE"):
            cursor.execute(statement)
    selects = {name: one for name, one in compiled(Select).items() if len(one.columns) > 1}
    statements = {name: one._plan(connection)[0][0] for name, one in selects.items()}
    plans = {name: plan_of(sql) for name, sql in statements.items()}

    assert len(plans) > 10
    assert {name: plan for name, plan in plans.items() if SLOW.search(plan)} == {}


def test_no_join_leaves_another_way_to_run_it_which_would_have_to_be_weighed():
    for name, statement in compiled(Select).items():
        sql = statement._plan(connection)[0][0]

        assert sql.count(" JOIN ") == sql.count(" = ANY(ARRAY["), name
