"""Two people, at noon: each has a second factor and a security key."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.passkeys.owners import Person, with_factor


@pytest.fixture
def ada(clock: Any) -> Person:
    return with_factor(username="ada")


@pytest.fixture
def eve(clock: Any) -> Person:
    return with_factor(username="eve")


@pytest.fixture(autouse=True)
def patience(settings: Any) -> None:
    """These tests try more often than people do."""
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        **dict.fromkeys(("LOGIN_LIMIT", "LOGIN_ADDRESS_LIMIT", "LOGIN_STRANGER_LIMIT"), (1000, 300)),
        "SECOND_FACTOR_LIMIT": (1000, 3600),
    }
