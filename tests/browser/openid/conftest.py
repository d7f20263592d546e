"""The running site as an OpenID provider, and small sites that sign people in with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.support.browser.signing_in import Visitor
from tests.support.factories import UserFactory
from tests.support.relying_parties import CLIENT_SECRET, running
from tests.support.relying_parties.registering import register_site
from tests.support.signing import make_keys

#: The redirect URI of each small site.
CALLBACKS = {"with_mozilla": "oidc/callback/", "with_allauth": "accounts/oidc/lumen/login/callback/"}


@pytest.fixture
def provider(site: LiveServer, settings: Settings) -> LiveServer:
    """The reference site with signing keys. It may send logout tokens to this machine, as in development."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METADATA_DOCUMENT_LOOPBACK": True}
    make_keys()
    return site


@pytest.fixture
def ada(provider: LiveServer) -> User:
    user: User = UserFactory(first_name="Ada", last_name="Lindqvist")
    user.email = f"{user.username}@photos.example"  # a site that already knows the address would ask
    user.save()
    return user


@pytest.fixture
def visitor(page: Page, provider: LiveServer, ada: User) -> Visitor:
    """Ada at a browser in which she is not logged in anywhere."""
    return Visitor(page, provider.url, ada.username, ada.email)


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "client_secret").write_text(CLIENT_SECRET)
    return folder


@pytest.fixture(scope="session")
def running_shop(live_server: LiveServer, shop_folder: Path) -> Iterator[str]:
    with running(
        "reference_site.lumen_prints.settings",
        shop_folder,
        OAUTHCORE_ISSUER=live_server.url,
        LUMEN_PRINTS_URL="{url}",
        LUMEN_PRINTS_FOLDER=str(shop_folder),
    ) as url:
        yield url


@pytest.fixture
def shop(running_shop: str, provider: LiveServer) -> str:
    """Lumen Prints, registered."""
    register_site(
        "lumen-prints", running_shop, callback="callback", after_logout="logged-out", name="Lumen Prints"
    )
    return running_shop


@pytest.fixture(scope="session")
def running_site(
    request: pytest.FixtureRequest, live_server: LiveServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with running(
        f"tests.support.relying_parties.{request.param}.settings",
        tmp_path_factory.mktemp(request.param),
        ISSUER=live_server.url,
        CLIENT_ID=request.param,
        CLIENT_SECRET=CLIENT_SECRET,
    ) as url:
        yield url


@pytest.fixture
def small_site(request: pytest.FixtureRequest, running_site: str, provider: LiveServer) -> str:
    """The running small site, registered."""
    library = request.node.callspec.params["running_site"]
    register_site(library, running_site, callback=CALLBACKS[library], after_logout="")
    return running_site
