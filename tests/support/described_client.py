"""A client that nobody registered, and the person at whose browser it asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from oauthcore.models import Application, MetadataDocument
from tests.support.document_server import DocumentServer
from tests.support.oauth import OAuthClient


@dataclass(frozen=True)
class Unregistered:
    """What stands in place of a registration: a URL, and no secret."""

    client_id: str

    @property
    def credentials(self) -> dict[str, str]:
        return {"client_id": self.client_id}


def described(server: DocumentServer, user: Any = None, path: str = "/client", **members: Any) -> OAuthClient:
    """Publish the document of a client, and return it at the browser of a person, or of nobody."""
    browser = Client()
    if user is not None:
        browser.force_login(user)
    members = {
        "client_name": "Your Bank",
        "redirect_uris": ["https://client.example/cb"],
        "grant_types": ["authorization_code", "refresh_token"],
        **members,
    }
    return OAuthClient(Unregistered(server.put_client(path=path, **members)), browser)  # type: ignore[arg-type]


def read_before(client_id: str, *redirect_uris: str, scopes: list[str], browser: Client) -> OAuthClient:
    """Return a client whose document was read a moment ago, so that no host is asked."""
    application = Application.objects.create(
        client_id=client_id,
        name=client_id.split("/")[2][-100:],
        client_type=Application.ClientType.PUBLIC,
        is_self_registered=True,
        redirect_uris=redirect_uris,
        grant_types=["authorization_code", "refresh_token"],
        scopes=scopes,
    )
    MetadataDocument.objects.create(
        digest=MetadataDocument.digest_of(client_id),
        application=application,
        fresh_until=timezone.now() + timedelta(days=1),
    )
    return OAuthClient(Unregistered(client_id), browser)  # type: ignore[arg-type]
