"""A commit that no synchronous standby has confirmed is not reported as done: a failover may lose it."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import psycopg
import pytest
from django.db import OperationalError

from tests.support.servers import DATABASE_VARIABLE
from tests.support.standbys import connection_of_the_site, one_at_a_time, waiting_for

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.not_on_mariadb("only PostgreSQL waits for standbys"),
]


@pytest.fixture(autouse=True)
def _one_test_at_a_time():
    with one_at_a_time():
        yield


@pytest.fixture
def site():
    wrapper = connection_of_the_site(answer_within=4)
    with wrapper.cursor() as cursor:
        cursor.execute("CREATE TABLE written (how text)")
    yield wrapper
    with wrapper.cursor() as cursor:
        cursor.execute("DROP TABLE written")
    wrapper.close()


@pytest.fixture
def impatient(site):
    """The same with a shorter limit."""
    wrapper = connection_of_the_site(answer_within=0.5)
    yield wrapper
    wrapper.close()


@pytest.fixture
def pooled(site):
    """The same with Django's pool."""
    wrapper = connection_of_the_site(answer_within=0.5, pool={"max_size": 4})
    yield wrapper
    wrapper.close()
    wrapper.close_pool()


def write_alone(site):
    with site.cursor() as cursor:
        cursor.execute("INSERT INTO written VALUES ('alone')")


def write_in_a_transaction(site):
    site.set_autocommit(False)
    try:
        with site.cursor() as cursor:
            cursor.execute("INSERT INTO written VALUES ('in a transaction')")
        site.commit()
    finally:
        if not site.connection.closed:
            site.rollback()
            site.set_autocommit(True)


def write_until_one_waits(write, site, writes):
    """Write and note it. The server takes a moment to read its settings."""
    ends_at = time.monotonic() + 20
    while time.monotonic() < ends_at:
        writes.append(len(writes))
        write(site)
        time.sleep(0.02)


@pytest.mark.parametrize("write", [write_alone, write_in_a_transaction])
def test_a_commit_without_its_standby_is_an_error_and_with_it_none(write, site):
    writes = []
    lost = pytest.raises(OperationalError, match="no standby has confirmed")
    with waiting_for("nobody", cancels=True), lost:
        write_until_one_waits(write, site, writes)
    write(site)

    with site.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM written")
        assert cursor.fetchone() == (len(writes) + 1,), (
            "it is committed, and nobody knows whether it will be kept"
        )


@pytest.mark.parametrize("write", [write_alone, write_in_a_transaction])
@pytest.mark.parametrize("how", ["impatient", "pooled"])
def test_a_process_goes_on_reading_while_its_commits_wait_for_a_standby_that_is_lost(write, how, request):
    impatient = request.getfixturevalue(how)
    with waiting_for("nobody", cancels=False):
        with pytest.raises(OperationalError, match=r"did not answer within 0\.5 seconds"):
            write_until_one_waits(write, impatient, [])
        impatient.close()

        assert seconds_until(reads, impatient) < 5
    assert seconds_until(partial(writes, write), impatient) < 10, "it goes on writing with the next standby"


@pytest.mark.parametrize("write", [write_alone, write_in_a_transaction])
def test_commits_that_wait_in_vain_do_not_use_up_the_connections_of_the_server(write, impatient):
    crowd = 4
    with waiting_for("nobody", cancels=False), ThreadPoolExecutor(crowd) as pool:
        refusals = [
            one for some in pool.map(partial(write_again_and_again, write), range(crowd)) for one in some
        ]

        assert "the database left a commit without an answer a moment ago" in refusals
        assert 0 < commits_that_wait() <= crowd
        assert reads(impatient)
    assert seconds_until(partial(writes, write), impatient) < 10


def write_again_and_again(write, number):
    """Write for a while as a thread of the site does; return what it was told."""
    told, ends_at = [], time.monotonic() + 1.5
    site = connection_of_the_site(answer_within=0.5)
    while time.monotonic() < ends_at:
        try:
            write(site)
        except OperationalError as error:
            told.append(str(error))
        time.sleep(0.02)
        site.close_if_unusable_or_obsolete()
    site.close()
    return told


def commits_that_wait():
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    with psycopg.connect(os.environ[DATABASE_VARIABLE]) as server:
        return server.execute(waiting).fetchone()[0]


def reads(site):
    with site.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def writes(write, site):
    write(site)
    return True


def seconds_until(act, site):
    began = time.monotonic()
    while time.monotonic() < began + 20:
        try:
            assert act(site)
        except OperationalError:
            site.close_if_unusable_or_obsolete()
            time.sleep(0.01)
        else:
            return time.monotonic() - began
    raise AssertionError("it never does")
