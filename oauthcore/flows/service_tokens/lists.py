"""Lists of service tokens, with the time and address of each token's last use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from oauthcore.models import ServiceToken, Token, Usage

#: The number of rows that are read at a time. Some connection pools do not support cursors on the server.
_ROWS = 500


@dataclass(frozen=True)
class Wanted:
    """The conditions of a list. A condition that is None restricts nothing."""

    account_uuid: UUID | None = None
    has_account: bool | None = None
    unused_days: int | None = None
    expiring_days: int | None = None
    is_restricted: bool | None = None
    with_ended: bool = False


@dataclass(frozen=True)
class Listed:
    """A service token, the last characters of its live secrets, and its last use."""

    token: ServiceToken
    hints: tuple[str, ...]
    last_used_at: datetime | None
    last_used_from: str


def matching(wanted: Wanted, *, now: datetime) -> QuerySet[ServiceToken]:
    """Return the service tokens that meet the conditions.

    A token that is younger than the number of days does not count as unused.
    """
    tokens = ServiceToken.objects.all()
    if not wanted.with_ended:
        tokens = tokens.live(now)
    if wanted.account_uuid is not None:
        tokens = tokens.filter(account_uuid=wanted.account_uuid)
    if wanted.has_account is not None:
        tokens = tokens.filter(account_uuid__isnull=not wanted.has_account)
    if wanted.unused_days is not None:
        since = now - timedelta(days=wanted.unused_days)
        used = Usage.objects.filter(grant=OuterRef("pk"), last_at__gte=since)
        tokens = tokens.filter(~Exists(used), created_at__lt=since)
    if wanted.expiring_days is not None:
        tokens = tokens.filter(expires_at__lte=now + timedelta(days=wanted.expiring_days))
    if wanted.is_restricted is not None:
        tokens = tokens.filter(allowed_networks__isnull=not wanted.is_restricted)
    return tokens


def listed(tokens: QuerySet[ServiceToken], *, now: datetime) -> Iterator[Listed]:
    """Yield service tokens, the oldest first, with two queries for each group of rows."""
    usage = Usage.objects.filter(grant=OuterRef("pk")).order_by("-day")
    rows = tokens.annotate(
        last_used_at=Subquery(usage.values("last_at")[:1]),
        last_used_from=Subquery(usage.values("last_address")[:1]),
    ).order_by("pk")
    batch = list(rows[:_ROWS])
    while batch:
        hints = _hints(batch, now=now)
        for one in batch:
            yield Listed(one, tuple(hints.get(one.pk, ())), one.last_used_at, one.last_used_from or "")
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:_ROWS]) if len(batch) == _ROWS else []


def _hints(batch: Sequence[ServiceToken], *, now: datetime) -> dict[int, list[str]]:
    secrets = Token.objects.live(now).filter(grant__in=batch).newest_first()
    found: dict[int, list[str]] = {}
    for grant_id, hint in secrets.values_list("grant_id", "hint"):
        found.setdefault(grant_id, []).append(hint)
    return found
