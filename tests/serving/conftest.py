"""The reference site under each server program, with what ``demo_data`` has put there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.clients.person import Person
from tests.support.serving import served
from tests.support.serving.served import Place, Site


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.sqlite_only("the sites that are served have SQLite databases of their own"))


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, dict[str, Any]]]:
    """A site that was set up once, for every server to have a copy of."""
    with served.original(tmp_path_factory) as made:
        yield made


@pytest.fixture(scope="session", params=list(served.COMMANDS))
def site(
    request: pytest.FixtureRequest,
    original: tuple[Place, dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The running site."""
    place = Place.new(tmp_path_factory.mktemp(request.param), copy_of=original[0])
    running = served.start(request.param, place, original[1])
    yield running
    running.server.stop()
    place.leave()


@pytest.fixture(scope="session")
def person(site: Site) -> Iterator[Person]:
    """The first user of the demo, at a browser of her own."""
    ada = site.demo["users"][0]
    person = Person(ada["username"], ada["password"])
    yield person
    person.leave()
