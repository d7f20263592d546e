"""With a pool, a request waits for a PostgreSQL that does not answer no longer than without one."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import OperationalError

from oauthcore.postgresql import Connection
from oauthcore.postgresql.base import DatabaseWrapper

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("a silent socket stands in for PostgreSQL")]

SECONDS = 0.4


def connection_to(port: int, **options: Any) -> DatabaseWrapper:
    settings = {**connections[DEFAULT_DB_ALIAS].settings_dict, "HOST": "127.0.0.1", "PORT": port}
    return DatabaseWrapper({**settings, "NAME": "site", "OPTIONS": options}, uuid4().hex)


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server whose kernel takes connections, and which says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_pool_gives_up_on_a_silent_server_when_a_request_would(silent: int) -> None:
    connection = connection_to(silent, answer_within=SECONDS, pool=True)
    began = time.monotonic()

    with pytest.raises(OperationalError):
        connection.ensure_connection()

    assert SECONDS <= time.monotonic() - began < SECONDS + 5
    connection.pool.close(timeout=0)


@pytest.mark.parametrize(
    ("pool", "timeout"), [(True, SECONDS), ({"max_size": 9}, SECONDS), ({"timeout": 5.0}, 5.0)]
)
def test_its_connections_are_ours_and_its_own_timeout_counts(pool: Any, timeout: float) -> None:
    opened = connection_to(1, answer_within=SECONDS, pool=pool).pool

    assert (opened.timeout, opened.connection_class) == (timeout, Connection)


@pytest.mark.parametrize("options", [{"answer_within": SECONDS}, {"pool": {"max_size": 9}}])
def test_without_one_of_the_two_options_nothing_is_added(options: dict[str, Any]) -> None:
    assert connection_to(1, **options).settings_dict["OPTIONS"] == options
