"""Lists of the admin on large tables: what the database looks at does not grow with the table.

Each statement of a page is explained and run by PostgreSQL, and the rows that it went through are counted.
"""

from __future__ import annotations

import pytest
from django.db import connection

from benchmarks.admin_rows import fill, pages
from oauthcore.admin.frame import lists
from oauthcore.admin.grants.consents import ConsentAdmin
from oauthcore.models import Consent, Grant
from tests.support.factories import UserFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
    pytest.mark.not_on_mariadb("it reads plans of PostgreSQL"),
]

ROWS = 20_000
#: The count stops at so many, for the tables here are smaller than those of a site.
MOST_COUNTED = 200
#: A page shows 50 rows; a filter that every hundredth row passes goes through 5,000 where it walks along.
MOST_LOOKED_AT = 7_500


def rows_of(plan):
    looked_at = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    looked_at += plan.get("Rows Removed by Index Recheck", 0)
    own = 0 if "Plans" in plan and "Relation Name" not in plan else looked_at * plan["Actual Loops"]
    return own + sum(map(rows_of, plan.get("Plans", ())))


class Explaining:
    """Runs each SELECT a second time to see what it went through."""

    def __init__(self):
        self.most = 0
        self.statement = ""

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith("SELECT") and "oauthcore_" in sql:
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
                plan = cursor.fetchone()[0][0]["Plan"]
            if (rows := rows_of(plan)) > self.most:
                self.most, self.statement = rows, f"{sql} {params} {plan}"
        return execute(sql, params, many, context)


def test_no_page_search_or_filter_goes_through_a_whole_table(client, monkeypatch):
    monkeypatch.setattr(lists, "MOST_COUNTED", MOST_COUNTED)
    fill(ROWS)
    assert Grant.objects.count() == ROWS
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    too_many = {}
    for page in pages():
        explaining = Explaining()
        with connection.execute_wrapper(explaining):
            assert client.get(f"/admin/oauthcore/{page}").status_code == 200
        if explaining.most > MOST_LOOKED_AT:
            too_many[page] = (explaining.most, explaining.statement)

    assert too_many == {}


def test_the_keys_of_the_list_of_consents_are_read_from_its_index_alone():
    fill(2_000)
    keys = Consent.objects.order_by(*ConsentAdmin.ordering).values_list("pk")[:100]

    assert "Index Only Scan Backward using oauthcore_consent_changed" in keys.explain()


def test_a_search_is_planned_for_what_it_looks_for_however_often_it_was_made(client):
    fill(2_000)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    threshold = connection.connection.prepare_threshold
    assert threshold is not None

    for number in range(10):
        client.get("/admin/oauthcore/securityevent/", {"q": f"nobody-{number}"})

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [statement for (statement,) in cursor.fetchall()]
    assert prepared
    assert [one for one in prepared if f"LIMIT {lists.MOST_COUNTED + 1}" in one] == []
    assert connection.connection.prepare_threshold == threshold
