"""A television that waits, and the person in front of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.devices.television import Television, Viewer


@pytest.fixture
def television(db: None, clock: Any) -> Television:
    """A television that has begun."""
    television = Television()
    television.begin()
    return television


@pytest.fixture
def viewer(db: None, clock: Any) -> Viewer:
    """Its person, logged in."""
    return Viewer()
