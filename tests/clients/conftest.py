"""The reference site on a real socket, for clients nobody here wrote, and a person who allows them in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.support.clients.person import Person
from tests.support.factories import PASSWORD, UserFactory


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.sqlite_only("it is about the client; other tests ask what the database does"))


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """The address of the running reference site, which is its issuer."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": live_server.url}
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False  # as they are with an http issuer
    return str(live_server.url)


@pytest.fixture
def person(site: str) -> Iterator[Person]:
    """Somebody who has a login at the site."""
    person = Person(UserFactory().username, PASSWORD)
    yield person
    person.leave()
