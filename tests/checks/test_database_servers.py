"""Checks find a replica in the place of the primary, and what does not hold behind a connection pooler."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection, connections
from psycopg.errors import DuplicatePreparedStatement

from oauthcore.checks import database_servers
from oauthcore.checks.database_servers import check_server
from oauthcore.models.database import ReplicaInsteadOfPrimary, require_primary

pytestmark = pytest.mark.django_db


def ids(databases=("default",)):
    return [one.id for one in check_server(databases=databases)]


def test_a_server_without_a_pooler_has_nothing_wrong():
    assert ids() == []


class Server:
    """A PostgreSQL as the checks see it: behind a pooler its connections share one process."""

    vendor, in_atomic_block = "postgresql", True

    def __init__(self, *, processes, fails=None, options=None, cursors_off=False, limits=None):
        self.processes, self.fails, self.limits = processes, fails, limits or {}
        self.settings_dict = {"OPTIONS": options or {}}
        if cursors_off:
            self.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = True
        self.closed = 0

    def copy(self):
        return Connection(self)

    @contextmanager
    def cursor(self):
        yield Cursor(self)


class Connection:
    """One of several to it."""

    def __init__(self, server):
        self.server, self.cursor = server, server.cursor

    def close(self):
        self.server.closed += 1


class Cursor:
    def __init__(self, server):
        self.server, self.answer = server, []

    def execute(self, statement: str, parameters: Any = ()) -> None:
        if "pg_is_in_recovery" in statement:
            self.answer = [(self.server.processes is None,)]
        elif "read_only" in statement:
            self.answer = [(self.server.read_only,)]
        elif "pg_backend_pid" in statement:
            found = self.server.processes.pop(0)
            if isinstance(found, Exception):
                raise found
            self.answer = [(found,)]
        elif "pg_settings" in statement:
            self.answer = [(name, str(self.server.limits.get(name, 0))) for name in parameters[0]]
        elif self.server.fails:
            raise self.server.fails

    def fetchone(self):
        return self.answer[0]

    def fetchall(self):
        return self.answer


@pytest.fixture
def behind(monkeypatch):
    """Let the primary be such a server."""

    def change(**how):
        server = Server(**how)
        monkeypatch.setattr(database_servers, "connections", {"default": server})
        monkeypatch.setattr("oauthcore.models.database.connections", {"default": server})
        return server

    return change


SHARED, OWN = [7, 7], [7, 8] * database_servers._ENOUGH_LOOKS


@pytest.mark.sqlite_only("the servers are stand-ins")
class TestBehindAPooler:
    def test_a_replica_in_the_place_of_the_primary_is_an_error_and_is_not_ready(self, behind):
        behind(processes=None)

        assert ids() == ["oauthcore.E111"]
        with pytest.raises(ReplicaInsteadOfPrimary):
            require_primary(within=1)

    @pytest.mark.parametrize(
        ("read_only", "is_one"), [(0, False), (1, True), ("OFF", False), ("ON", True), ("NO_LOCK", True)]
    )
    def test_mariadb_says_in_numbers_or_words_whether_it_is_a_replica(self, read_only, is_one, behind):
        server = behind(processes=[])
        server.vendor, server.read_only = "mysql", read_only

        assert ids() == (["oauthcore.E111"] if is_one else [])

    def test_server_side_cursors_that_would_be_lost_are_found(self, behind):
        server = behind(processes=[*SHARED])

        assert ids() == ["oauthcore.W110"]
        assert server.closed == 2
        behind(processes=[*SHARED], cursors_off=True)
        assert ids() == []

    def test_prepared_statements_that_are_lost_are_found(self, behind):
        behind(processes=[*SHARED], cursors_off=True, fails=OperationalError("it does not exist"))

        assert ids() == ["oauthcore.W111"]

    def test_prepared_statements_that_are_lost_before_the_check_has_tried_are_found_too(self, behind):
        lost = OperationalError("it exists already")
        lost.__cause__ = DuplicatePreparedStatement()
        behind(processes=[lost])

        assert ids() == ["oauthcore.W111"]

    def test_a_database_that_fails_is_no_pooler(self, behind):
        behind(processes=[OperationalError("it is down")])

        with pytest.raises(OperationalError):
            ids()

    def test_a_pooler_is_found_although_other_clients_come_between(self, behind):
        behind(processes=[7, 8, 9, 7])

        assert ids() == ["oauthcore.W110"]

    def test_a_connection_that_is_not_shared_keeps_both(self, behind):
        behind(processes=[*OWN], fails=OperationalError("not asked"))

        assert ids() == []

    def test_timeouts_that_did_not_arrive_are_found(self, behind):
        limits = {"options": "-c lock_timeout=2000 -c statement_timeout=3000"}
        server = behind(processes=[*OWN], options=limits, limits={"lock_timeout": 2000})

        (warning,) = check_server(databases=["default"])
        assert warning.id == "oauthcore.W112"
        assert "statement_timeout" in warning.msg
        assert "lock_timeout" not in warning.msg
        server.limits["statement_timeout"], server.processes = 3000, [*OWN]
        assert ids() == []

    @pytest.mark.parametrize(
        ("milliseconds", "found"), [(0, ["oauthcore.W113"]), (1999, []), (2000, ["oauthcore.W113"])]
    )
    def test_a_server_that_goes_on_after_the_client_has_given_up_is_found(self, milliseconds, found, behind):
        limits = {"statement_timeout": milliseconds}
        behind(processes=[*OWN], options={"answer_within": 2}, limits=limits)

        assert ids() == found

    @pytest.mark.parametrize("databases", [None, (), ("data",)])
    def test_a_database_that_is_not_asked_for_is_not_asked(self, databases, behind):
        behind(processes=None)

        assert ids(databases) == []


@pytest.mark.postgres
@pytest.mark.not_on_mariadb("it has other timeouts")
def test_timeouts_of_a_real_server_are_read(monkeypatch):
    wanted = {"options": "-c lock_timeout=2000"}
    monkeypatch.setitem(
        connection.settings_dict, "OPTIONS", {**connection.settings_dict["OPTIONS"], **wanted}
    )
    assert ids() == ["oauthcore.W112"]

    with connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 1000")
        assert ids() == []
