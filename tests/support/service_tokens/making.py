"""Service tokens as staff make them, and the requests of the scripts that have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client

from oauthcore.flows.service_tokens import service_tokens
from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.models import ServiceToken
from reference_site.accounts.models import Account
from tests.support.factories import UserFactory
from tests.support.reference_site.factories import AccountFactory


@dataclass(frozen=True)
class Made:
    """A service token, its text in clear, and the account it works on."""

    row: ServiceToken
    text: str
    account: Account

    def ask(self, method: str = "GET", path: str = "/v1/me", data: Any = b"", **extra: Any) -> Any:
        """Send a request with the token; ``address`` is the peer's."""
        return ask(self.text, method, path, data, **extra)

    def change(self, **limits: Any) -> None:
        """Give it other limits, as staff do."""
        kept = {name: getattr(self.row, name) for name in ("label", "scopes", *limits)}
        service_tokens.change(self.row, Limits(**{**kept, **limits}), staff=self.row.user)


def make(account: Account | None = None, *, scopes: Any = ("api.images.read",), **limits: Any) -> Made:
    """Make a service token for an account, which is made up where none is given."""
    account = account or AccountFactory()
    said = Limits(**{"label": "Nightly export", "scopes": frozenset(scopes), **limits})
    row, secret = service_tokens.make(account.uuid, said, staff=UserFactory(is_staff=True))
    return Made(row, secret.reveal(), account)


def ask(
    text: str | None,
    method: str = "GET",
    path: str = "/v1/me",
    data: Any = b"",
    *,
    address: str = "127.0.0.1",
    headers: dict[str, str] | None = None,
    content_type: str = "application/json",
    **extra: Any,
) -> Any:
    """Send a request with a token's text, or with none."""
    sent = {**({} if text is None else {"Authorization": f"Bearer {text}"}), **(headers or {})}
    return Client(REMOTE_ADDR=address).generic(
        method, path, data, content_type=content_type, headers=sent, **extra
    )


def assert_answer(answer: Any, status: int, error: str) -> None:
    """Hold an answer against a row of the contract's table."""
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Request-Id"]
