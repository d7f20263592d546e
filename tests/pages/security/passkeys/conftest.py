"""Ada, at noon, who has a second factor and a security key, and is logged in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.support.factories import UserFactory
from tests.support.pages.authenticator_app import AuthenticatorApp, switch_on
from tests.support.passkeys.authenticator import SecurityKey


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.sqlite_only("texts and forms; races/test_passkeys.py runs on PostgreSQL"))


@pytest.fixture
def ada(db: None, clock: Any) -> Any:
    return UserFactory(username="ada")


@pytest.fixture
def app(ada: Any, browser: Client) -> AuthenticatorApp:
    """Her second factor is on from here."""
    return switch_on(ada)


@pytest.fixture
def browser(ada: Any) -> Client:
    """A browser in which ada is logged in, before her factor was switched on."""
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def key() -> SecurityKey:
    return SecurityKey()
