"""A site with OpenID Connect, and keys for both algorithms."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.relying_party import RelyingParty, relying_party
from tests.support.rsa_keys import ec_pem, rsa_pem


@pytest.fixture(autouse=True)
def openid(db: None, clock: Any, settings: Any) -> None:
    """Switch OpenID Connect on, with a key for each algorithm. Time stands still at noon."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True, "SIGNING_KEYS": [ec_pem(), rsa_pem()]}


@pytest.fixture
def party() -> RelyingParty:
    """An application at whose browser somebody is logged in."""
    return relying_party()
