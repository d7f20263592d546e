"""Recent activity of the demo's applications, so that developers' pages have something to show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User

from oauthcore.flows.oauth.redirect_target import UntrustedTarget
from oauthcore.models import Application, Consent, Grant, GrantType, LegacyUse
from oauthcore.models.database import atomic
from oauthcore.models.issuing import issue
from oauthcore.recording import legacy_use, refusals, usage
from oauthcore.rules.errors.oauth import InvalidClient, InvalidGrant, InvalidScope, OAuthError
from oauthcore.rules.errors.resources import InvalidToken
from reference_site.demo.applications import Installed
from reference_site.demo.people import STUDIO

_Habit = LegacyUse.Habit
#: The address of the requests. It is reserved for documentation (RFC 5737).
_ADDRESS = ip_address("192.0.2.14")


@dataclass(frozen=True)
class _Use:
    """A kind of legacy use on some of the last days, and the most times a day."""

    client_id: str
    habit: LegacyUse.Habit
    example: str
    days_ago: Sequence[int]
    most: int

    def count(self, days_ago: int) -> int:
        """Return the number for a day. It is the same in every run, and differs between days."""
        return 1 + days_ago * 7 % self.most


_USES = (
    _Use("contact-sheet", _Habit.NO_PKCE, "http://127.0.0.1:8804/callback", range(27, 0, -4), 1),
    _Use("contact-sheet", _Habit.PATH_PREFIX, "http://127.0.0.1:8804/callback/album", (19, 11), 1),
    _Use("contact-sheet", _Habit.QUERY_TOKEN, "/v1/images", range(25, 2, -3), 9),
    _Use("contact-sheet", _Habit.GET_CREDENTIALS, "/oauth2/token", (23, 16, 9, 2), 3),
    _Use("picture-frame", _Habit.IMPLICIT, "https://picture-frame.example/callback", range(26, 0, -4), 1),
)
#: The kinds of use that are counted once for each approval.
_APPROVALS = {_Habit.NO_PKCE, _Habit.IMPLICIT}
_APPROVED = frozenset({"api.images.read", "api.download"})
#: Refused requests: the application, how many hours ago, and the reason in the log.
_REFUSALS: tuple[tuple[str, int, OAuthError, str], ...] = (
    ("light-table", 75, InvalidClient("the secret is wrong or has ended"), "/oauth/token"),
    ("light-table", 29, InvalidGrant("code_verifier does not belong to the code_challenge"), "/oauth/token"),
    (
        "contact-sheet",
        50,
        UntrustedTarget("redirect_uri is not registered for the application"),
        "/oauth/authorize",
    ),
    ("contact-sheet", 26, InvalidGrant("the code was used before"), "/oauth2/token"),
    (
        "contact-sheet",
        3,
        InvalidToken("the token has expired"),
        "/v1/images",
    ),
    (
        "picture-frame",
        20,
        InvalidScope("no scope was asked for, and the application has no default"),
        "/oauth/authorize",
    ),
)


def install_history(installed: Sequence[Installed], *, person: User, now: datetime) -> None:
    """Count legacy use and keep refusals, as requests do. Nothing happens if there are counts already.

    Counted approvals open grants of the person. Use of these grants is counted too.
    """
    if LegacyUse.objects.exists():
        return
    with atomic():
        _install(installed, person=person, now=now)
    for batch in (legacy_use.batch, usage.batch, refusals.batch):
        batch.flush()


def _install(installed: Sequence[Installed], *, person: User, now: datetime) -> None:
    applications = {one.application.client_id: one.application for one in installed}
    grants: dict[str, list[Grant]] = defaultdict(list)
    for use in _USES:
        application, opened = applications[use.client_id], grants[use.client_id]
        for days_ago in use.days_ago:
            at = now - timedelta(days=days_ago, minutes=7 * days_ago)
            if use.habit in _APPROVALS:
                opened.append(_approve(application, person, at))
            _count(use, application, _used(use.habit, application, opened, at), at, use.count(days_ago))
    for client_id, hours_ago, refusal, path in _REFUSALS:
        key = (client_id, uuid4().hex, refusal.error, refusal.reason, path)
        refusals.batch.add(key, at=now - timedelta(hours=hours_ago))


def _approve(application: Application, person: User, at: datetime) -> Grant:
    """Open a grant with tokens, as an approval on that day would. Nobody gets the texts of the tokens."""
    how: dict[str, Any] = {"scopes": _APPROVED, "account_uuid": STUDIO.uuid, "now": at}
    refreshes = application.allows(GrantType.REFRESH_TOKEN)
    Consent.remember(user=person, application=application, **how)
    grant = Grant.open_for_person(user=person, application=application, refreshes=refreshes, **how)
    issue(grant, opens_chain=refreshes, **how)
    return grant


def _used(habit: LegacyUse.Habit, application: Application, opened: Sequence[Grant], at: datetime) -> Grant:
    """Return the grant of a use: the last one that was opened before, or the application's own."""
    if habit is not _Habit.GET_CREDENTIALS:
        return max((one for one in opened if one.created_at <= at), key=lambda one: one.created_at)
    grant = Grant.standing(application)
    Grant.objects.filter(pk=grant.pk, created_at__gt=at).update(created_at=at)
    return grant


def _count(use: _Use, application: Application, grant: Grant, at: datetime, times: int) -> None:
    key = (application.pk, use.habit.value, at.date())
    for _ in range(times):
        legacy_use.batch.add(key, at=at, request_id=uuid4().hex, example=use.example)
        usage.batch.add((grant.pk, at.date()), at=at, address=_ADDRESS)
