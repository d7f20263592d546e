"""Applications that register themselves by RFC 7591, as far as tests need them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from oauthcore.flows.oauth.registration import initial_access_tokens
from oauthcore.models import Application
from tests.support.factories import Registered

CALLBACK = "https://tool.example/callback"
ON_THE_DEVICE = "http://127.0.0.1/callback"
FORM: dict[str, Any] = {"client_name": "Tool", "redirect_uris": [CALLBACK]}


def register_itself(*, token: str | None = None, address: str = "192.0.2.1", **members: Any) -> Any:
    """Register with good metadata but for what is given; None leaves a member out."""
    sent = {name: value for name, value in (FORM | members).items() if value is not None}
    return send("post", "/oauth/register", sent, token=token, address=address)


def send(
    method: str, path: str, sent: Any = None, *, token: str | None = None, address: str = "192.0.2.1"
) -> Any:
    """Send JSON, or nothing, with a token or without."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    body = {} if sent is None else {"data": sent, "content_type": "application/json"}
    return getattr(Client(REMOTE_ADDR=address), method)(path, headers=headers, **body)


def registered_itself(**members: Any) -> Registered:
    """Register, and return the application with its secret, if it has one."""
    answer = register_itself(**members)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    return Registered(Application.objects.get(client_id=told["client_id"]), told.get("client_secret"))


def initial_access_token(*, label: str = "Partner team", uses: int = 1, days: int = 7) -> str:
    """Make an initial access token as staff do, and return its text."""
    expires_at = timezone.now() + timedelta(days=days)
    return initial_access_tokens.make(label, uses=uses, expires_at=expires_at, staff=None)[1].reveal()


class Managed:
    """An application that registered itself, and what it does with its registration access token."""

    def __init__(self, **members: Any) -> None:
        self.told = register_itself(**members).json()
        self.token = self.told["registration_access_token"]
        self.path = f"/oauth/register/{self.told['client_id']}"

    @property
    def application(self) -> Application:
        """Its row as it is now."""
        return Application.objects.get(client_id=self.told["client_id"])

    def read(self, *, token: str | None = None) -> Any:
        """Read its registration."""
        return send("get", self.path, token=token or self.token)

    def change(self, *, token: str | None = None, **members: Any) -> Any:
        """Send all that it was told, but for what only the server says, with changes; None leaves one out."""
        ours = ("registration_access_token", "registration_client_uri", "client_secret_expires_at")
        kept = {
            name: value for name, value in self.told.items() if name not in (*ours, "client_id_issued_at")
        }
        sent = {name: value for name, value in (kept | members).items() if value is not None}
        return send("put", self.path, sent, token=token or self.token)

    def delete(self, *, token: str | None = None) -> Any:
        """Delete itself."""
        return send("delete", self.path, token=token or self.token)
