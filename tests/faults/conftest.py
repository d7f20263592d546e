"""The reference site as it is run for real, to have faults happen to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.serving import served
from tests.support.serving.served import Place


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, dict[str, Any]]]:
    """A site that was set up once, for every test to have a copy of."""
    with served.original(tmp_path_factory) as made:
        yield made


@pytest.fixture
def place(
    original: tuple[Place, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """A copy of that site, which no server runs on yet."""
    place = Place.new(tmp_path_factory.mktemp("place"), copy_of=original[0])
    yield place
    place.leave()


@pytest.fixture
def demo(original: tuple[Place, dict[str, Any]]) -> dict[str, Any]:
    """What ``demo_data`` said of it."""
    return original[1]
