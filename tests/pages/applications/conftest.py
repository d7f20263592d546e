"""Developers, and what they have."""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import Application
from tests.support.pages.developer import Developer


@pytest.fixture
def grace(db: None) -> Developer:
    """Somebody who writes programs."""
    return Developer()


@pytest.fixture
def press(grace: Developer) -> Application:
    """A confidential application of hers."""
    return grace.has()


@pytest.fixture
def levels(settings: Any) -> None:
    """Scopes of each level, one of them a bundle that reaches further than it says of itself."""
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "OPENID_CONNECT": False,  # it adds scopes of its own
        "SCOPES": {
            "read": {"description": "Read your profile", "group": "Profile"},
            "write": {"description": "Write everything", "group": "Profile", "level": "approval"},
            "write:media": {"description": "Upload media", "group": "Profile", "level": "approval"},
            "purge": {"description": "Delete everything", "level": "staff", "sensitive": True},
            "sync": {"description": "Keep a copy", "includes": ["write:media"]},
        },
    }
