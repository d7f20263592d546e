"""Settings and applications for several files about OAuth."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.enterprise import managed_application, trusted
from tests.support.factories import bearer, register
from tests.support.oauth import OAuthClient, with_person
from tests.support.sign_in.people import with_account
from tests.support.sites.several_resources import DECLARED
from tests.support.token_exchange import SCOPES, resource_server


@pytest.fixture
def exchanging(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "TOKEN_EXCHANGE": True}


@pytest.fixture
def enterprise_managed(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ENTERPRISE_MANAGED_AUTHORIZATION": True}


@pytest.fixture
def signing_clients(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": True}


@pytest.fixture
def several_resources(settings: Any) -> OAuthClient:
    """A site with several resources, and a person at an application."""
    settings.OAUTHCORE = settings.OAUTHCORE | {"RESOURCES": DECLARED}
    return with_person(register(scopes=["read", "write", "api.images.read"]))


@pytest.fixture
def server(db: None) -> OAuthClient:
    """A resource server that staff allowed to introspect."""
    return OAuthClient(register(name="Resource server", may_introspect=True))


@pytest.fixture
def gateway() -> OAuthClient:
    return resource_server()


@pytest.fixture
def subject() -> str:
    """An access token that a person gave to an application."""
    return bearer(scopes=SCOPES[:2])


@pytest.fixture
def ada() -> Any:
    """Somebody whom the trusted issuer knows, with one account."""
    person = with_account()
    trusted(person.user)
    return person


@pytest.fixture
def agent() -> OAuthClient:
    return managed_application()
