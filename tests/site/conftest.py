"""A library of the test's own, and clients that carry tokens to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from reference_site.accounts.models import Account
from reference_site.demo import library
from reference_site.demo.scenes import Scene
from tests.support.made_once import made_once
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
def pictures(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asks for the demo's pictures. They are painted once, because it takes seconds."""
    painted = made_once(tmp_path_factory, "painted", _paint_all)
    monkeypatch.setattr(Scene, "paint", lambda scene: (painted / scene.filename).open("rb"))


def _paint_all(folder: Path) -> None:
    for scene in [shot.scene for shelf in library.SHELVES for shot in shelf.shots]:
        with scene.paint() as painted, (folder / scene.filename).open("xb") as file:
            shutil.copyfileobj(painted, file)


@pytest.fixture(autouse=True)
def pictures_where_they_matter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "pictures" not in request.fixturenames:
        monkeypatch.setattr(library, "install_pictures", lambda: None)


@pytest.fixture
def demo(db: None, request: pytest.FixtureRequest, pictures_where_they_matter: None) -> dict[str, Any]:
    """What ``demo_data`` prints for programs, and all that it makes."""
    return demo_object()
