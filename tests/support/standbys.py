"""Commits that wait for a synchronous standby that is lost."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager

import psycopg
from django.db import connections

from oauthcore.postgresql.base import DatabaseWrapper
from tests.support.servers import DATABASE_VARIABLE


@contextmanager
def one_at_a_time():
    """Standbys are a setting of the server, which the processes of a parallel run share: they take turns."""
    with psycopg.connect(os.environ[DATABASE_VARIABLE], autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext('standbys'))")
        yield


@contextmanager
def waiting_for(standby, *, cancels):
    """Let commits wait for a standby. An administrator may cancel the wait of the first one.

    Sessions that want no standby, as the other tests on this server, do not wait.
    """
    with psycopg.connect(os.environ[DATABASE_VARIABLE], autocommit=True) as server:
        server.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'")
        server.execute("SELECT pg_reload_conf()")
        canceller = threading.Thread(target=cancel_the_wait)
        if cancels:
            canceller.start()
        try:
            yield
        finally:
            if cancels:
                canceller.join()
            server.execute("ALTER SYSTEM RESET synchronous_standby_names")
            server.execute("SELECT pg_reload_conf()")


def cancel_the_wait():
    ends_at = time.monotonic() + 20
    with psycopg.connect(os.environ[DATABASE_VARIABLE], autocommit=True) as server:
        waiting = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        while not server.execute(waiting).fetchall() and time.monotonic() < ends_at:
            time.sleep(0.02)


def connection_of_the_site(*, answer_within, **more):
    """A connection of the site that waits for standbys."""
    settings = connections["default"].settings_dict
    options = {"answer_within": answer_within, "options": "-c synchronous_commit=on", **more}
    return DatabaseWrapper({**settings, "OPTIONS": options, "CONN_MAX_AGE": 0}, f"with {sorted(more)}")


def wait_until_commits_wait():
    """The server takes a moment to read its settings."""
    with psycopg.connect(os.environ[DATABASE_VARIABLE], autocommit=True) as server:
        wait_until(lambda: server.execute("SHOW synchronous_standby_names").fetchone() == ("nobody",))
        time.sleep(0.5)


def wait_until(holds):
    ends_at = time.monotonic() + 20
    while not (found := holds()):
        assert time.monotonic() < ends_at, "it never holds"
        time.sleep(0.02)
    return found
