"""What the demo's applications have done of late, so that their developer's pages have something to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from oauthcore import legacy_use, recent_refusals
from oauthcore.flows.redirect_target import UntrustedTarget
from oauthcore.models import Application, LegacyUse
from oauthcore.rules.errors import InvalidClient, InvalidGrant, InvalidScope, OAuthError
from oauthcore.rules.resource_errors import InvalidToken
from reference_site.demo.applications import Installed

_Habit = LegacyUse.Habit


@dataclass(frozen=True)
class _Use:
    """A habit that an application had on some of the last days, up to so many times a day."""

    client_id: str
    habit: LegacyUse.Habit
    example: str
    days_ago: Sequence[int]
    most: int

    def count(self, days_ago: int) -> int:
        """Return how often on that day: the same at every run, and not the same every day."""
        return 1 + days_ago * 7 % self.most


_USES = (
    _Use("contact-sheet", _Habit.NO_PKCE, "http://127.0.0.1:8804/callback", range(27, -1, -2), 6),
    _Use("contact-sheet", _Habit.PATH_PREFIX, "http://127.0.0.1:8804/callback/album", (19, 12, 5), 2),
    _Use("contact-sheet", _Habit.QUERY_TOKEN, "/v1/images", range(25, 2, -3), 9),
    _Use("contact-sheet", _Habit.GET_CREDENTIALS, "/oauth2/token", (23, 16, 9, 2), 3),
    _Use("picture-frame", _Habit.IMPLICIT, "https://picture-frame.example/callback", range(26, 0, -4), 4),
)
#: Which application's request was refused how many hours ago, and why, in the words of whoever refuses it.
_REFUSALS: tuple[tuple[str, int, OAuthError, str], ...] = (
    ("light-table", 75, InvalidClient("the secret is wrong, or the application unknown"), "/oauth/token"),
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
        InvalidToken("the token, its grant, its user or its application is not live"),
        "/v1/images",
    ),
    (
        "picture-frame",
        20,
        InvalidScope("a scope is unknown or not the application's, or there is no default"),
        "/oauth/authorize",
    ),
)


def install_history(installed: Sequence[Installed], *, now: datetime) -> None:
    """Count legacy use and keep refusals, as requests would; once, and never beside counts of real ones."""
    if LegacyUse.objects.exists():
        return
    applications = {one.application.client_id: one.application for one in installed}
    for use in _USES:
        _count(use, applications[use.client_id], now)
    for client_id, hours_ago, refusal, path in _REFUSALS:
        key = (client_id, uuid4().hex, refusal.error, refusal.reason, path)
        recent_refusals.batch.add(key, at=now - timedelta(hours=hours_ago))
    legacy_use.batch.flush()
    recent_refusals.batch.flush()


def _count(use: _Use, application: Application, now: datetime) -> None:
    for days_ago in use.days_ago:
        at = now - timedelta(days=days_ago, minutes=7 * days_ago)
        for _ in range(use.count(days_ago)):
            legacy_use.batch.add(
                (application.pk, use.habit.value, at.date()),
                at=at,
                request_id=uuid4().hex,
                example=use.example,
            )
