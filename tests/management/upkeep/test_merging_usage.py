"""``oauthcore_cleanup`` merges days of usage into months, and everybody who reads usage reads the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from oauthcore.admin.grants.last_use import with_last_use
from oauthcore.admin.grants.usage_chart import chart_of
from oauthcore.flows.applications.impact import impact_of, last_use_of
from oauthcore.flows.upkeep.usage_months import merge_months
from oauthcore.models import Grant, ServiceToken, Usage
from tests.support.admin.staff import TOKENS, Staff
from tests.support.factories import UserFactory, bearer, open_grant, service_token
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
#: The clock stands at noon of 2030-06-15: April and what is before it is merged, May and June are not.
NOW = datetime(2030, 6, 15, 12, 0, tzinfo=UTC)
LAST_MERGED = datetime(2030, 4, 30, 20, 0, tzinfo=UTC)


def used(grant: Grant, at: datetime, count: int = 1, address: str = "192.0.2.1") -> None:
    Usage.objects.create(grant=grant, day=at.date(), count=count, last_at=at, last_address=address)


def rows(grant: Grant) -> list[tuple[str, int]]:
    return [(str(day), count) for day, count in grant.usage.order_by("day").values_list("day", "count")]


def clean_up() -> str:
    call_command("oauthcore_cleanup", stdout=(out := StringIO()))
    return out.getvalue()


@pytest.mark.usefixtures("clock")
def test_days_become_months_once_the_last_30_days_are_past_them():
    grant, other = open_grant(), open_grant()
    for number in range(200):
        used(grant, NOW - number * DAY, count=2)
    used(other, LAST_MERGED, count=7)

    assert "days of usage merged into months: 148" in clean_up()

    assert rows(grant)[:3] == [("2029-11-01", 2 * 3), ("2029-12-01", 62), ("2030-01-01", 62)]
    assert sum(count for _, count in rows(grant)) == 400
    assert [day for day, _ in rows(grant)][-46:] == [str((NOW - n * DAY).date()) for n in range(45, -1, -1)]
    assert rows(other) == [("2030-04-01", 7)]
    assert "days of usage merged into months: 0" in clean_up()


@pytest.mark.usefixtures("clock")
def test_a_month_tells_when_and_from_where_its_last_use_was():
    grant = open_grant()
    used(grant, LAST_MERGED - 3 * DAY, address="192.0.2.1")
    used(grant, LAST_MERGED, address="192.0.2.9")
    used(grant, LAST_MERGED.replace(day=1), address="192.0.2.5")

    clean_up()

    row = Usage.objects.get()
    assert (row.day.isoformat(), row.count) == ("2030-04-01", 3)
    assert (row.last_at, row.last_address) == (LAST_MERGED, "192.0.2.9")


@pytest.mark.usefixtures("clock")
def test_a_count_that_comes_late_is_added_to_its_month():
    grant = open_grant()
    used(grant, LAST_MERGED, count=3)
    used(grant, LAST_MERGED - 40 * DAY, count=2)
    clean_up()
    used(grant, LAST_MERGED - DAY, count=4)

    clean_up()

    assert rows(grant) == [("2030-03-01", 2), ("2030-04-01", 7)]
    assert Usage.objects.latest("day").last_at == LAST_MERGED


@pytest.mark.usefixtures("clock")
def test_whoever_reads_usage_reads_the_same_afterwards():
    user = UserFactory()
    for _ in range(2):
        bearer(user=user)
    recent, old = Grant.objects.order_by("pk")
    for at in (NOW - 29 * DAY, LAST_MERGED, LAST_MERGED - DAY):
        used(recent, at, count=5, address="192.0.2.7")
    for at in (LAST_MERGED, LAST_MERGED - DAY):
        used(old, at, address="192.0.2.8")
    person = Client()
    person.force_login(user)

    def read():
        return (
            [impact_of(grant.application, now=NOW) for grant in (recent, old)],
            [chart_of(grant, today=NOW.date()) for grant in (recent, old)],
            list(with_last_use(Grant.objects.order_by("pk")).values_list("used_at", "used_from")),
            last_use_of([recent.application, old.application]),
            re.findall(r"192\.0\.2\.\d", person.get("/oauth/connections/").content.decode()),
        )

    before = read()
    assert merge_months(now=NOW, batch_size=500) == 2

    assert read() == before
    assert before[4] == ["192.0.2.7", "192.0.2.8"]


@pytest.mark.usefixtures("clock")
def test_a_service_token_that_was_used_within_90_days_is_not_unused():
    service_token(uuid4())
    ServiceToken.objects.update(created_at=NOW - 400 * DAY)
    grant = ServiceToken.objects.get()
    used(grant, NOW - 89 * DAY)  # in a month that began before them
    staff = Staff()
    assert len(staff.browser.get(f"{TOKENS}?use=unused").context["cl"].result_list) == 0

    clean_up()

    assert len(staff.browser.get(f"{TOKENS}?use=unused").context["cl"].result_list) == 0


@pytest.mark.usefixtures("clock")
def test_a_batch_is_few_statements_however_many_days_it_merges():
    for _ in range(10):
        grant = open_grant()
        for number in range(60, 120):
            used(grant, NOW - number * DAY)

    with statements() as run:
        assert merge_months(now=NOW, batch_size=310) > 500

    assert len([one for one in run if "usage" in one.lower()]) < 15


@pytest.mark.usefixtures("clock")
def test_small_batches_merge_everything_too():
    grants = [open_grant() for _ in range(3)]
    for grant in grants:
        for number in range(76, 86):  # from 2030-03-22 on
            used(grant, NOW - number * DAY)

    assert merge_months(now=NOW, batch_size=1) == 3 * 9

    assert [rows(grant) for grant in grants] == [[("2030-03-01", 10)]] * 3
