"""A site with OpenID Connect, and keys for both algorithms."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.support.factories import register
from tests.support.relying_party import SCOPES, RelyingParty, log_in, relying_party, somebody
from tests.support.rsa_keys import ec_pem, rsa_pem


@pytest.fixture(autouse=True)
def openid(db: None, clock: Any, settings: Any) -> None:
    """Switch OpenID Connect on, with a key for each algorithm. Time stands still at noon."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True, "SIGNING_KEYS": [ec_pem(), rsa_pem()]}


@pytest.fixture
def party() -> RelyingParty:
    """An application at whose browser somebody is logged in."""
    return relying_party()


@pytest.fixture
def ada(openid: None) -> Any:
    return somebody(username="ada")


@pytest.fixture
def app(ada: Any) -> RelyingParty:
    """An application at whose browser ada has just logged in with her password."""
    party = RelyingParty(register(scopes=SCOPES), Client())
    log_in(party.browser, user=ada)
    return party
