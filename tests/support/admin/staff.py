"""Staff who look after service tokens, through the pages of the admin as a browser has them."""

from __future__ import annotations

from typing import Any

from django.test import Client

from oauthcore.models import ServiceToken
from tests.support.factories import UserFactory

TOKENS = "/admin/oauthcore/servicetoken/"


class Staff:
    """A superuser at a browser: ``make``, ``change``, ``rotate``, ``revoke``."""

    def __init__(self) -> None:
        self.user = UserFactory(is_staff=True, is_superuser=True)
        self.browser = Client()
        self.browser.force_login(self.user)

    def make(self, account_uuid: Any, **fields: Any) -> tuple[ServiceToken, Any]:
        """Make a service token; return it with the page that shows its secret this once."""
        page = self.browser.get(f"{TOKENS}add/").context["page"]
        shown = self._send(f"{TOKENS}add/", page=page, account_uuid=account_uuid, **fields)
        return ServiceToken.objects.latest("pk"), shown

    def change(self, token: ServiceToken, **fields: Any) -> Any:
        """Change what a service token is limited to."""
        return self._send(f"{TOKENS}{token.pk}/change/", **fields)

    def rotate(self, token: ServiceToken) -> Any:
        """Rotate a service token at once; return the page that shows its new secret."""
        page = self.browser.get(f"{TOKENS}{token.pk}/change/").context["page"]
        return self.browser.post(f"{TOKENS}{token.pk}/rotate/", {"page": page, "overlap": "0"})

    def revoke(self, token: ServiceToken, reason: str = "no longer needed") -> Any:
        """Revoke a service token, and confirm it."""
        chosen = {"action": "end_selected", "_selected_action": [token.pk]}
        return self.browser.post(TOKENS, {**chosen, "confirmed": "yes", "reason": reason})

    def _send(self, address: str, **fields: Any) -> Any:
        usual = {
            "label": "Nightly export",
            "scopes": ["api.images.read"],
            "origin": "networks" if fields.get("networks") else "anywhere",
            "expiry": "90",
            "max_request_bytes_1": "1",
        }
        return self.browser.post(address, {**usual, **fields})
