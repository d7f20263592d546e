"""What the tests of checks leave out."""

from __future__ import annotations

import pytest

from tests.support.checks import describing


@pytest.fixture(autouse=True)
def without_description(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of ``check --deploy`` is drf-spectacular's check; ``test_description.py`` asks what it asks."""
    describing(monkeypatch, is_on=False)
