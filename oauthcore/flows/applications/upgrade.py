"""Upgrading a legacy application to OAuth 2.1: what would have been refused, and then in one step.

There is no way back: nothing in this package gives an application of OAuth 2.1 the legacy profile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db.models import Max, Sum

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.flows.applications import upgrade_words as words
from oauthcore.models import Application, GrantType, LegacyUse, Profile, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events, legacy_use
from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND


class NotUpgraded(Exception):
    """The application was left as it was; ``report`` says what has to be seen or mended first."""

    def __init__(self, report: Report) -> None:
        super().__init__("the application was not upgraded")
        self.report = report


@dataclass(frozen=True)
class Finding:
    """One kind of legacy use: how often, on how many days, when last, where."""

    habit: LegacyUse.Habit
    count: int
    days: int
    last_at: datetime
    example: str
    request_id: str

    @property
    def remedy(self) -> str:
        """How to mend it, in words."""
        return str(words.REMEDIES[self.habit])


@dataclass(frozen=True)
class Report:
    """What an upgrade would change for an application, from what it really did and how it is registered."""

    application: Application
    days: int
    findings: tuple[Finding, ...] = ()
    changes: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing that it did would have been refused."""
        return not self.findings

    @property
    def mark(self) -> str:
        """What a confirmation is bound to: the kinds of legacy use shown, and how the client is registered.

        The counts are left out: a confirmation holds when the same thing happens again.
        """
        shown = (
            *sorted(finding.habit.value for finding in self.findings),
            *("", *sorted(self.application.legacy_switches)),
            *("", *sorted(self.application.grant_types)),
            *("", *self.application.redirect_uris),
        )
        return sha256("\n".join(shown).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Overview:
    """A legacy application, and how often it did what OAuth 2.1 refuses, by kind of use."""

    application: Application
    counts: dict[LegacyUse.Habit, int] = field(default_factory=dict)
    last_at: datetime | None = None


def dry_run(application: Application, *, now: datetime) -> Report:
    """Return what OAuth 2.1 would have refused of an application's traffic in the last ``LEGACY_USE_WINDOW``.

    What this process has counted is written first. An application of OAuth 2.1 has nothing to report.
    """
    days = max(1, _window().days)
    if not application.is_legacy:
        return Report(application, days)
    legacy_use.batch.flush()
    rows = LegacyUse.objects.filter(application=application, last_at__gt=now - _window())
    return Report(
        application=application,
        days=days,
        findings=_findings(rows.order_by("last_at")),
        changes=tuple(str(text) for text in _changes(application)),
        blockers=tuple(str(text) for text in _blockers(application)),
    )


def upgrade(application: Application, user: User | None, *, confirmed: str = "", now: datetime) -> bool:
    """Put an application under OAuth 2.1 in one step; return whether this call did, not another before it.

    ``confirmed`` is the mark of the report that was read, needed where that is not clean. Raises NotUpgraded,
    with the report of now, without it, where something came up since, and where something has to be
    registered first. Codes that were asked for without PKCE are refused from then on; access tokens live out
    their time.
    """
    if not application.is_legacy:
        return False
    report = dry_run(application, now=now)
    if report.blockers or not (report.is_clean or confirmed == report.mark):
        raise NotUpgraded(report)
    is_done = _flip(report, user, now=now)
    application.refresh_from_db()
    if not is_done and application.is_legacy:
        raise NotUpgraded(dry_run(application, now=now))
    return is_done


def legacy_applications(*, now: datetime) -> list[Overview]:
    """Return every legacy application with its counts of the last ``LEGACY_USE_WINDOW``: two queries."""
    legacy = Application.objects.filter(profile=Profile.OAUTH_2_0, deleted_at=None)
    used = LegacyUse.objects.filter(last_at__gt=now - _window(), application__in=legacy.values("pk"))
    counts: dict[int, dict[LegacyUse.Habit, int]] = defaultdict(dict)
    last_at: dict[int, datetime] = {}
    for row in used.values("application_id", "habit").annotate(total=Sum("count"), last=Max("last_at")):
        key = row["application_id"]
        counts[key][LegacyUse.Habit(row["habit"])] = row["total"]
        last_at[key] = max(row["last"], last_at.get(key, row["last"]))
    return [Overview(one, counts.get(one.pk, {}), last_at.get(one.pk)) for one in legacy.order_by("pk")]


def _window() -> timedelta:
    return timedelta(seconds=conf.settings().LEGACY_USE_WINDOW)


def _findings(rows: Iterable[LegacyUse]) -> tuple[Finding, ...]:
    by_habit: dict[str, list[LegacyUse]] = defaultdict(list)
    for row in rows:
        by_habit[row.habit].append(row)
    return tuple(
        Finding(
            habit=habit,
            count=sum(row.count for row in found),
            days=len(found),
            last_at=found[-1].last_at,
            example=found[-1].example,
            request_id=found[-1].request_id,
        )
        for habit in LegacyUse.Habit
        if (found := by_habit[habit.value])
    )


def _changes(application: Application) -> Iterable[object]:
    yield from (text for one, text in words.WITHOUT_SWITCH.items() if application.may(one))
    if application.allows(GrantType.IMPLICIT):
        yield words.WITHOUT_IMPLICIT
    if OUT_OF_BAND in application.redirect_uris:
        yield words.WITHOUT_OUT_OF_BAND


def _blockers(application: Application) -> Iterable[object]:
    after = _after(application)
    if GrantType.AUTHORIZATION_CODE in after["grant_types"] and not after["redirect_uris"]:
        yield words.ONLY_OUT_OF_BAND
    if schemes := _refused_schemes(application):
        yield words.REFUSED_SCHEMES % {"schemes": ", ".join(f"“{one}:”" for one in schemes)}
    if application.allows(GrantType.IMPLICIT) and not after["grant_types"] - {GrantType.REFRESH_TOKEN.value}:
        yield words.ONLY_IMPLICIT


def _refused_schemes(application: Application) -> list[str]:
    """Return the schemes of redirect URIs that work now and would not work under OAuth 2.1."""
    upgraded = Application(profile=Profile.OAUTH_2_1)
    lost = [
        uri
        for uri in application.redirect_uris
        if uri != OUT_OF_BAND
        and application.problem_with_redirect_uri(uri, is_registered=True) is None
        and upgraded.problem_with_redirect_uri(uri, is_registered=True) is not None
    ]
    return list(dict.fromkeys(uri.partition(":")[0] for uri in lost))


def _after(application: Application) -> dict[str, Any]:
    """Return what the upgrade writes; how long its access tokens live stays as it is."""
    return {
        "profile": Profile.OAUTH_2_1,
        "legacy_switches": frozenset(),
        "grant_types": frozenset(application.grant_types) - {GrantType.IMPLICIT.value},
        "redirect_uris": tuple(uri for uri in application.redirect_uris if uri != OUT_OF_BAND),
    }


@retried
def _flip(report: Report, user: User | None, *, now: datetime) -> bool:
    """Write the upgrade if the application is still as it was reported; the row count decides."""
    application = report.application
    as_reported = {name: getattr(application, name) for name in _after(application)}
    habits = ", ".join(f"{one.habit.value} {one.count}" for one in report.findings)
    with atomic():
        rows = Application.objects.filter(pk=application.pk, deleted_at=None, **as_reported)
        is_done = rows.update(**_after(application)) == 1
        if is_done:
            events.record(
                SecurityEvent.Kind.APPLICATION_UPGRADED,
                application=application,
                user=user,
                reason=f"confirmed, with legacy use: {habits}" if habits else "no legacy use",
                at=now,
            )
    return is_done
