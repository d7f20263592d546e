"""People at a browser, and the application that sends them here."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections
from django.test import Client

from tests.support.factories import UserFactory, register
from tests.support.oauth import OAuthClient


@pytest.fixture
def ada(db: None) -> Any:
    """A person with a login and no account of the site."""
    return UserFactory(username="ada")


@pytest.fixture
def printer(ada: Any) -> OAuthClient:
    """A confidential application, and the browser that ada is logged in with."""
    browser = Client()
    browser.force_login(ada)
    return OAuthClient(register(), browser)


@pytest.fixture
def stranger(printer: OAuthClient) -> OAuthClient:
    """The same application, and a browser that nobody is logged in with."""
    return OAuthClient(printer.registered, Client())


@pytest.fixture(params=[False, True], ids=["autocommit", "atomic-requests"])
def atomic_requests(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Once as Django comes, once with ``ATOMIC_REQUESTS``, which many sites switch on."""
    is_on: bool = request.param
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", is_on)
    return is_on
