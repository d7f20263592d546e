"""A client of Mastodon's, as far as tests need one: it registers itself and comes back with a token."""

from __future__ import annotations

from typing import Any

from django.test import Client

from oauthcore.models import Application
from tests.support.factories import Registered
from tests.support.oauth import OAuthClient, with_person

CALLBACK = "https://client.example/callback"
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
FORM = {"client_name": "Tusky", "redirect_uris": CALLBACK}


def register(content_type: str | None = None, *, address: str = "192.0.2.1", **fields: Any) -> Any:
    """Register with a good form but for what is given; None leaves a field out."""
    sent = {name: value for name, value in (FORM | fields).items() if value is not None}
    options = {} if content_type is None else {"content_type": content_type}
    return Client(REMOTE_ADDR=address).post("/api/v1/apps", sent, **options)


def registered(**fields: Any) -> Registered:
    """Register, and return the application with its secret."""
    answer = register(**fields).json()
    return Registered(Application.objects.get(client_id=answer["client_id"]), answer["client_secret"])


class MastodonClient(OAuthClient):
    """The way these clients go: without PKCE, and with the redirect URI at the token endpoint too."""

    @classmethod
    def at_the_browser_of(cls, user: Any = None, **fields: Any) -> MastodonClient:
        """Return a client that has registered itself, and at whose browser a person is logged in."""
        oauth = with_person(registered(**fields), user)
        return cls(oauth.registered, oauth.browser)

    def parameters(self, **changes: Any) -> dict[str, Any]:
        """Return the parameters of a good authorization request as these clients send them."""
        plain = {"redirect_uri": CALLBACK, "code_challenge": None, "code_challenge_method": None}
        return super().parameters(**plain | changes)

    def redeem(self, code: str, **changes: Any) -> Any:
        """Trade a code."""
        return super().redeem(code, **{"redirect_uri": CALLBACK, "code_verifier": None} | changes)

    def own_token(self, **parameters: Any) -> Any:
        """Ask for a token in the application's own name."""
        return self.token(grant_type="client_credentials", **parameters)


def get(path: str, access_token: str | None = None, **headers: str) -> Any:
    """Ask for a path, with a token or without."""
    authorization = {} if access_token is None else {"authorization": f"Bearer {access_token}"}
    return Client().get(path, headers=authorization | headers)
