"""A library of the test's own, and clients that carry tokens to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from reference_site.accounts.models import Account
from reference_site.demo import library
from tests.support.reference_site.demo import demo_object
from tests.support.reference_site.factories import AccountFactory, token_for


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def account(db: None) -> Account:
    return AccountFactory()


@pytest.fixture
def client_with() -> Callable[[str], APIClient]:
    def make(token: str) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return make


@pytest.fixture
def api(account: Account, client_with: Callable[[str], APIClient]) -> APIClient:
    """A client with a token for everything in ``account``."""
    return client_with(token_for(account))


@pytest.fixture
def pictures() -> None:
    """Asks for the demo's pictures to be painted, which takes seconds."""


@pytest.fixture(autouse=True)
def pictures_where_they_matter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "pictures" not in request.fixturenames:
        monkeypatch.setattr(library, "install_pictures", lambda: None)


@pytest.fixture
def demo(db: None, request: pytest.FixtureRequest, pictures_where_they_matter: None) -> dict[str, Any]:
    """What ``demo_data`` prints for programs, and all that it makes."""
    return demo_object()
