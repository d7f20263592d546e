"""The demo's service tokens of the shared account: one for each kind of limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from oauthcore.flows.service_tokens import service_tokens
from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.models import ServiceToken, Token
from reference_site.accounts import roles
from reference_site.demo.people import STUDIO

_EXPIRED = "Last year’s campaign"
#: The first one has all scopes of the library.
_TOKENS: Sequence[Limits] = (
    Limits("Nightly export", roles.ALL_SCOPES, contact="export@example.com"),
    Limits("Website gallery", frozenset({roles.READ}), contact="web@example.com"),
    Limits("Print room", roles.ALL_SCOPES, allowed_networks=("127.0.0.2",)),
    Limits("Rating kiosk", roles.ALL_SCOPES, max_request_bytes=1024),
    Limits(_EXPIRED, roles.ALL_SCOPES),
)


@dataclass(frozen=True)
class InstalledToken:
    """A service token with its text of this run."""

    row: ServiceToken
    text: str = field(repr=False)


def install_service_tokens(staff: User, *, now: datetime) -> list[InstalledToken]:
    """Make the tokens or reset them. Each gets a new secret, and its earlier secrets end."""
    return [_install(one, staff, now) for one in _TOKENS]


def _install(one: Limits, staff: User, now: datetime) -> InstalledToken:
    found = ServiceToken.objects.filter(account_uuid=STUDIO.uuid, label=one.label)
    row = found.first()
    if row is None:
        row, secret = service_tokens.make(STUDIO.uuid, one, staff=staff)
    else:
        found.filter(pk=row.pk).update(revoked_at=None, revoked_reason="", expires_at=None)
        service_tokens.change(row, one, staff=staff)
        renewed = service_tokens.rotate(row, overlap=timedelta(0), staff=staff)
        assert renewed is not None, "it was put back a moment ago"  # noqa: S101
        secret = renewed
    if one.label == _EXPIRED:
        _let_expire(row, now)
    row.refresh_from_db()
    return InstalledToken(row, secret.reveal())


def _let_expire(row: ServiceToken, now: datetime) -> None:
    made, ended = now - timedelta(days=91), now - timedelta(days=1)
    ServiceToken.objects.filter(pk=row.pk).update(created_at=made, expires_at=ended)
    Token.objects.filter(grant=row).update(created_at=made)
