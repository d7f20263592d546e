"""No request goes through more rows because tables have grown: the hot paths, and the page of connections.

``python -m benchmarks.growth`` asks the same of up to ten million tokens, and of the lists of the admin.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction

from benchmarks.growth.paths import Site, hot_paths
from benchmarks.growth.reads import Explaining, Reads, found_on, reads_of
from benchmarks.growth.report import FREE_ROWS
from benchmarks.products import UnexpectedAnswerError
from oauthcore.admin.frame import lists, searching
from oauthcore.models import KnownAddress, TOTPFactor
from tests.support.factories import UserFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
    pytest.mark.not_on_mariadb("it reads plans of PostgreSQL"),
]

APPLICATIONS_OF_ONE = 500
STORED = """INSERT INTO oauthcore_knownaddress (digest, last_at)
    SELECT sha256(n::text::bytea), now() FROM generate_series(1, 1000) n"""


@pytest.fixture(autouse=True)
def open_connection() -> Iterator[None]:
    """The connection stays open after a request, as with Django's test client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def reads_with(tokens: int) -> dict[str, Reads]:
    """Return what each path goes through with so many tokens, which are gone afterwards.

    These tables are so small that PostgreSQL may find it as cheap to read one whole, now and then: a person
    has a tenth of the grants. So it does that only where there is no index.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        site = Site()
        filled = site.fill(tokens, collected=APPLICATIONS_OF_ONE, known=20)
        found = {path.name: reads_of(path, calls=2) for path in hot_paths(site, filled)}
        transaction.set_rollback(True)
    return found


def test_no_path_goes_through_more_rows_on_larger_tables():
    small, large = reads_with(1_000), reads_with(20_000)

    assert len(small) == 12
    more = {
        path: (small[path].rows, reads.rows, reads.largest)
        for path, reads in large.items()
        if reads.rows > small[path].rows + FREE_ROWS
    }
    assert more == {}
    assert {path: reads.statements for path, reads in large.items()} == {
        path: reads.statements for path, reads in small.items()
    }


def test_whom_the_benchmark_signs_in_with_a_password_alone_has_no_second_factor():
    filled = Site().fill(1_000, collected=0)

    assert len(filled.logins) > 50
    assert TOTPFactor.objects.exists()
    assert not TOTPFactor.objects.filter(user__username__in=filled.logins).exists()


@pytest.mark.parametrize(
    ("query", "found"), [("q=Application 7", "10"), ("", "50+"), ("q=Application", "50+ of the first")]
)
def test_what_a_list_of_the_admin_has_found_is_read_from_its_page(client, monkeypatch, query, found):
    monkeypatch.setattr(lists, "MOST_COUNTED", 50)
    monkeypatch.setattr(searching, "MOST_MEANT", 60)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    Site().fill(1_000, collected=0)

    page = client.get(f"/admin/oauthcore/application/?{query}").content.decode()

    assert str(found_on(page)) == found


def test_another_page_has_found_nothing(client):
    client.force_login(UserFactory())
    page = client.get("/oauth/connections/")

    assert page.status_code == 200
    assert found_on(page.content.decode()) is None


def test_a_list_in_another_language_is_not_taken_for_an_empty_one():
    with pytest.raises(UnexpectedAnswerError, match="without a number"):
        found_on('<p class="paginator">7\N{NO-BREAK SPACE}Einträge</p>')


@pytest.mark.parametrize(
    "sql", [STORED, f"WITH stored AS ({STORED} RETURNING id) SELECT count(*) FROM stored"]
)
def test_rows_that_a_statement_goes_through_to_store_others_are_counted(sql):
    explaining = Explaining()
    with connection.execute_wrapper(explaining), connection.cursor() as cursor:
        cursor.execute(sql)

    assert explaining.reads.rows >= 1000
    assert explaining.reads.statements == 1
    assert KnownAddress.objects.count() == 1000
