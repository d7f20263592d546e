"""The reference site under each server program, on a database file that ``demo_data`` has filled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.person import Person
from tests.serving import served
from tests.serving.served import Site


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A site that was set up once, for every server to have a copy of."""
    folder = tmp_path_factory.mktemp("original")
    return folder, served.set_up(folder)


@pytest.fixture(scope="session", params=list(served.COMMANDS))
def site(
    request: pytest.FixtureRequest,
    original: tuple[Path, dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The running site."""
    folder = tmp_path_factory.mktemp("served") / request.param
    running = served.start(request.param, original=original[0], folder=folder, demo=original[1])
    yield running
    running.server.stop()


@pytest.fixture(scope="session")
def person(site: Site) -> Iterator[Person]:
    """The first user of the demo, at a browser of her own."""
    ada = site.demo["users"][0]
    person = Person(ada["username"], ada["password"])
    yield person
    person.leave()
