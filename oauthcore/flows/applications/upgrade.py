"""Upgrading a legacy application to OAuth 2.1: a dry run, then one step.

There is no way back: nothing in this package gives an OAuth 2.1 application the legacy profile.
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
    """The application was not changed; ``report`` says what must be confirmed or corrected first."""

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
    """What an upgrade would change for an application, from its recent requests and its registration."""

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
        """A digest of the kinds of legacy use and of the registration, to which a confirmation is bound.

        The counts are left out, so a confirmation stays valid if the same thing happens again.
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
    """Return which requests in the last ``LEGACY_USE_WINDOW`` OAuth 2.1 would have refused.

    Counts in the memory of this process are written first. An OAuth 2.1 application has an empty report.
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
    """Change an application to OAuth 2.1 in one step; return whether this call did it.

    ``confirmed`` is the mark of the report that was read; it is required unless the report is clean. Raises
    NotUpgraded with the present report if the mark is missing or old, or if something must be registered
    first. After the upgrade, codes without PKCE are refused. Access tokens live until they expire.
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
    """Return the columns that the upgrade writes. The lifetime of access tokens does not change."""
    return {
        "profile": Profile.OAUTH_2_1,
        "legacy_switches": frozenset(),
        "grant_types": frozenset(application.grant_types) - {GrantType.IMPLICIT.value},
        "redirect_uris": tuple(uri for uri in application.redirect_uris if uri != OUT_OF_BAND),
    }


@retried
def _flip(report: Report, user: User | None, *, now: datetime) -> bool:
    """Write the upgrade, atomically, if the application has not changed since the report."""
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
