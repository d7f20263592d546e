"""The packages that tests import from, installed for as long as the tests of one file need them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from oauthcore.rules.imports.sources import DJANGO_OAUTH_TOOLKIT, SOURCES
from tests.support import former_packages as former
from tests.support import toolkit
from tests.support.imported import accepts
from tests.support.other_packages import installed


@pytest.fixture(scope="module")
def django_oauth_toolkit(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with (
        django_db_blocker.unblock(),
        installed("oauth2_provider", OAUTH2_PROVIDER=toolkit.SETTINGS),
    ):
        yield


@pytest.fixture
def accepted(django_oauth_toolkit: None, settings: Any) -> None:
    """The site accepts the tokens of django-oauth-toolkit, which is installed."""
    accepts(settings, DJANGO_OAUTH_TOOLKIT)


@pytest.fixture(scope="session")
def other_tables(django_db_setup: None, django_db_blocker: Any) -> None:
    """The tables of Knox, authtoken, API keys and SimpleJWT, made once: each test rolls back the rows."""
    with django_db_blocker.unblock(), former.installed():
        former.make_tables()


@pytest.fixture
def former_packages(other_tables: None, db: None, settings: Any) -> Iterator[None]:
    """A site that has them installed, and that accepts what it imports from them."""
    accepts(settings, *SOURCES)
    with former.installed():
        yield
