"""A client of DeviantArt's, as far as tests need one: at its addresses, and revoking without credentials."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

import pytest
from django.test import Client

from oauthcore.models import GrantType, LegacySwitch, Profile
from tests.support.factories import Registered, register, register_public
from tests.support.oauth import OAuthClient, post, with_person

PLACEBO = "/api/v1/oauth2/placebo"
#: What ``said`` returns of a revocation.
SUCCESS = (200, {"success": True})
both_kinds_of_client = pytest.mark.parametrize("make", [register, register_public])
either_token = pytest.mark.parametrize("shown", ["access_token", "refresh_token"])


class DeviantArtClient(OAuthClient):
    """One browser session and one application, speaking the dialect."""

    lead: ClassVar[str] = "/oauth2"

    @classmethod
    def at_the_browser_of(cls, user: Any = None, registered: Registered | None = None) -> DeviantArtClient:
        """Return a client at whose browser a person is logged in."""
        oauth = with_person(registered, user)
        return cls(oauth.registered, oauth.browser)

    def revoke(self, token: str | None, **parameters: Any) -> Any:
        """Revoke with the token alone, and whatever else is given."""
        return post("/oauth2/revoke", {"token": token} | parameters)

    def own_token(self) -> str:
        """Ask for a token in the application's own name."""
        return str(self.token(grant_type="client_credentials").json()["access_token"])

    def is_refreshable(self, tokens: dict[str, Any]) -> bool:
        """Return whether a token answer's refresh token still works; it is spent by that."""
        return bool(self.refresh(tokens["refresh_token"]).status_code == 200)


def legacy(*switches: LegacySwitch, **values: Any) -> Registered:
    """Register a legacy application with these switches on."""
    return register(profile=Profile.OAUTH_2_0, legacy_switches=[one.value for one in switches], **values)


def get_token(registered: Registered, *, headers: dict[str, str] | None = None, **changes: Any) -> Any:
    """Ask for client credentials by GET; a change to None leaves a parameter out."""
    sent = {"grant_type": GrantType.CLIENT_CREDENTIALS.value, **registered.credentials, **changes}
    query = urlencode({name: value for name, value in sent.items() if value is not None}, doseq=True)
    return Client(raise_request_exception=False).get(f"/oauth2/token?{query}", headers=headers or {})


def placebo(access_token: str | None = None, method: str = "GET") -> Any:
    """Ask whether a token is live."""
    headers = {} if access_token is None else {"authorization": f"Bearer {access_token}"}
    return Client().generic(method, PLACEBO, headers=headers)


def said(response: Any) -> tuple[int, Any]:
    """Return status and body of an answer."""
    return response.status_code, response.json()
