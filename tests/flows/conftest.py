"""Settings of the site that decide whether what was written stays written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection


@pytest.fixture
def atomic_requests(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Turn ``ATOMIC_REQUESTS`` on or off: with it, what a view wrote before it failed is rolled back."""
    return lambda is_on: monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", is_on)
