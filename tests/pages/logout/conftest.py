"""An application in which a person is signed in with OpenID Connect."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.logging_out import SignedIn, with_keys


@pytest.fixture
def printer(db: None, settings: Any) -> SignedIn:
    """An application that may send people to the logout page."""
    with_keys(settings)
    return SignedIn()
