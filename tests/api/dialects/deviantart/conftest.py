"""A person at a browser, and an application that speaks the dialect of DeviantArt."""

from __future__ import annotations

import pytest

from tests.support.dialects.deviantart import DeviantArtClient
from tests.support.factories import UserFactory


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def oauth(user) -> DeviantArtClient:
    return DeviantArtClient.at_the_browser_of(user)
