"""Crowds, and applications whose codes can be had without a page, on a real database server."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from tests.support.factories import register
from tests.support.oauth import OAuthClient, with_person
from tests.support.races.crowd import CROWD_SIZE, Crowd


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker("postgres")
    item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture
def crowd_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Crowd]]:
    """Make crowds that go home after the test: ``crowd_of(16)``."""
    # Otherwise each request would end with its connection, and threads would wait for new ones, not for rows.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", None)
    crowds: list[Crowd] = []

    def make(size: int) -> Crowd:
        crowds.append(Crowd(size))
        return crowds[-1]

    yield make
    for crowd in crowds:
        crowd.leave()


@pytest.fixture
def crowd(crowd_of: Callable[[int], Crowd]) -> Crowd:
    """Sixteen threads."""
    return crowd_of(CROWD_SIZE)


@pytest.fixture
def oauth() -> OAuthClient:
    """A trusted application at whose browser a person is logged in, who is shown no page."""
    return with_person(register(is_trusted=True))


@pytest.fixture
def stranger() -> OAuthClient:
    """Another application, which nobody has approved."""
    return OAuthClient(register(name="Somebody Else"))
