"""A healthy site with a server, for the tests of the doctor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from oauthcore.flows.doctor import system_checks
from tests.support.checks import describing
from tests.support.doctor.faulty_server import FaultyServer
from tests.support.doctor.planting import Site


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyServer]:
    """The server of the site, which all tests share."""
    found = FaultyServer(tmp_path_factory.mktemp("doctor"))
    yield found
    found.stop()


@pytest.fixture
def site(
    settings: Any, server: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None
) -> Iterator[Site]:
    """A site that nothing is wrong with."""
    if connection.vendor == "sqlite":
        server.site.connection = connections["default"]
        connection.inc_thread_sharing()
    yield Site(settings, server, tmp_path, monkeypatch).heal()
    if connection.vendor == "sqlite":
        connection.dec_thread_sharing()


@pytest.fixture(autouse=True)
def without_description(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out drf-spectacular's check, which takes most of the time; the healthy site has it."""
    describing(monkeypatch, is_on=False)


@pytest.fixture
def without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the system checks out, which take half of the time and have tests of their own."""
    monkeypatch.setattr(system_checks, "ask", lambda **_: iter(()))
