"""A library of the test's own, and clients that carry tokens to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from reference_site.accounts.models import Account
from tests.site.factories import AccountFactory, token_for


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


def stored_files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]
