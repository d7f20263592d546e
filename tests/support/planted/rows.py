"""What the plants share: their list, and rows and requests to plant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from oauthcore.models import AuthorizationCode, Grant
from oauthcore.models.issuing import issue
from proof.ledger import Ledger, input_of
from tests.support.factories import open_grant

#: The name of a statement → what plants its violation.
PLANTS: dict[str, Callable[[Ledger], object]] = {}


def plants(name: str) -> Callable[[Callable[[Ledger], object]], Callable[[Ledger], object]]:
    def keep(plant: Callable[[Ledger], object]) -> Callable[[Ledger], object]:
        PLANTS[name] = plant
        return plant

    return keep


def answered(ledger: Ledger, flow: str, status: int | None = 200, **known: Any) -> None:
    """Note a request and its answer."""
    entry = ledger.begin(flow, **known)
    entry.status = status
    ledger.end(entry)


def digest(number: int = 0) -> str:
    return input_of(f"a secret {number}")


def code_of(grant: Grant, **values: Any) -> AuthorizationCode:
    now = timezone.now()
    values = {"digest": bytes.fromhex(digest()), "expires_at": now + timedelta(seconds=30), **values}
    return AuthorizationCode.objects.create(grant=grant, redirect_uri="https://client.example/cb", **values)


def tokens_under(grant: Grant, *, opens_chain: bool = True) -> Any:
    grant.expires_at = grant.expires_at or timezone.now() + timedelta(days=1)
    grant.save()
    return issue(grant, scopes=grant.scopes, account_uuid=None, now=timezone.now(), opens_chain=opens_chain)


def ended(**values: Any) -> Grant:
    return open_grant(revoked_at=timezone.now() - timedelta(seconds=1), **values)
