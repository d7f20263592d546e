"""The engine for MariaDB and MySQL: whom a silent server makes wait, and which errors pass by themselves."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import OperationalError
from pymysql.err import raise_mysql_exception

from oauthcore.models.database import DATABASE_IS_DOWN
from oauthcore.mysql.base import DatabaseWrapper
from tests.support.servers.launch import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("the driver is replaced: no MariaDB is asked")]

TIMEOUT = 1.0


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server whose kernel takes connections, and which says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def connection_to(port: int) -> DatabaseWrapper:
    options = {"connect_timeout": TIMEOUT, "read_timeout": TIMEOUT}
    settings = {**connections[DEFAULT_DB_ALIAS].settings_dict, "HOST": "127.0.0.1", "PORT": port}
    return DatabaseWrapper({**settings, "NAME": "site", "USER": "root", "OPTIONS": options}, "another")


def seconds_until_given_up(connection: Any) -> float:
    began = time.monotonic()
    with pytest.raises(OperationalError):
        connection.ensure_connection()
    return time.monotonic() - began


def test_a_silent_server_is_waited_for_once_by_all_connections(silent):
    assert seconds_until_given_up(connection_to(silent)) >= TIMEOUT

    assert seconds_until_given_up(connection_to(silent)) < TIMEOUT / 2


def test_after_two_seconds_it_is_asked_again(silent, monkeypatch):
    later = time.monotonic
    connection = connection_to(silent)
    assert seconds_until_given_up(connection) >= TIMEOUT

    monkeypatch.setattr("oauthcore.silence.monotonic", lambda: later() + 2.1)

    assert seconds_until_given_up(connection) >= TIMEOUT


def test_a_server_that_is_restarted_is_connected_to_as_soon_as_it_is_there():
    port = free_port()
    connection = connection_to(port)
    assert seconds_until_given_up(connection) < TIMEOUT / 2  # nobody listens, and the kernel says so

    with socket.create_server(("127.0.0.1", port)):
        assert seconds_until_given_up(connection) >= TIMEOUT, "it was asked"


@pytest.mark.parametrize(
    "number",
    [
        *(1205, 1213, 1020),  # a lock that was waited for too long, a deadlock, a row that changed
        *(1969, 3024),  # a statement that took too long: MariaDB, MySQL
        *(
            1040,
            1053,
            1290,
            1021,
            1114,
        ),  # too many connections, shutting down, read-only, a full disk or table
        *(2006, 2013),  # a connection that was lost
    ],
)
def test_what_passes_by_itself_is_answered_503(number):
    packet = b"\xff" + struct.pack("<h", number) + b"#HY000" + b"refused"
    connection = connection_to(1)

    with pytest.raises(DATABASE_IS_DOWN), connection.wrap_database_errors:
        raise_mysql_exception(packet)
