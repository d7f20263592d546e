"""Questions about the database: migrations, and work that nobody does.

Each statement reads a range of an index and stops after ``MOST_COUNTED`` rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.db.models import QuerySet

from oauthcore import conf
from oauthcore.flows.doctor.findings import MOST_COUNTED, Circumstances, Finding, Kind, Level
from oauthcore.models import (
    AnsweredPage,
    DeviceAuthorization,
    LimitWindow,
    LogoutDelivery,
    MFAChallenge,
    PushedRequest,
    Refusal,
    ScopeRequest,
    SecurityEvent,
    ServiceToken,
    Token,
    UsedIdentifier,
    migrations_applied,
)
from oauthcore.models.cleanup_runs import OVERDUE
from oauthcore.rules.wire.networks import parse_network

_MAIL_OVERDUE = timedelta(hours=6)
_ASKED_LONG_AGO = timedelta(days=14)
_RECENT_EVENTS = 200
_ENOUGH_EVENTS = 20

MIGRATIONS_ARE_MISSING = Kind(
    "oauthcore.D060",
    Level.ERROR,
    "Migrations have not run: {names}.",
    "Requests that need the new tables or columns fail. Rows were not looked at.",
    "Run manage.py migrate, before the new code is started.",
    "docs/deployment.md#more-than-one-machine",
)
CLEANUP_DOES_NOT_RUN = Kind(
    "oauthcore.D061",
    Level.WARNING,
    "Rows wait for the daily cleanup for more than two days: {what}.",
    "Tables and backups grow, and lists become slow.",
    "Run manage.py oauthcore_cleanup once a day, from cron or a timer.",
    "docs/deployment.md#cleaning-up",
)
SESSIONS_ARE_NOT_CLEARED = Kind(
    "oauthcore.D062",
    Level.WARNING,
    "Expired sessions of Django are not removed.",
    "The table django_session grows with every login.",
    "Run manage.py clearsessions once a day.",
    "docs/deployment.md#cleaning-up",
)
NOTICES_ARE_NOT_SENT = Kind(
    "oauthcore.D063",
    Level.WARNING,
    "Mails or logout tokens are due for hours and are not sent: {what}.",
    "People do not learn that a token expires, and applications do not learn of logouts.",
    "Run manage.py send_notices every ten minutes, and see what it prints.",
    "docs/deployment.md#mail",
)
ALL_FROM_ONE_ADDRESS = Kind(
    "oauthcore.D064",
    Level.WARNING,
    "Nearly all recent security events came from the address {address}, which is not a public one.",
    "It is probably your proxy: all people share its limits, and tokens tied to networks do not work.",
    "Name the proxy in TRUSTED_PROXIES, and have it send X-Forwarded-For.",
    "docs/deployment.md#behind-a-proxy",
)
SCOPES_WAIT = Kind(
    "oauthcore.D065",
    Level.INFO,
    "Developers have waited for more than two weeks for an answer about a scope.",
    "Their applications cannot ask for it until staff decide.",
    "Approve or refuse them in the admin.",
    "docs/admin.md#scope-requests",
)


def missing_migrations() -> Iterator[Finding]:
    """Yield a finding if a migration of an installed app has not run, as ``/readyz`` sees it."""
    if missing := migrations_applied.missing_migrations():
        names = ", ".join(".".join(one) for one in missing[-3:])
        yield MIGRATIONS_ARE_MISSING.found(names=names, count=len(missing))


def ask(around: Circumstances) -> Iterator[Finding]:
    """Yield what nobody does: cleaning up, sending mails, answering developers."""
    yield from _cleanup(around)
    yield from _notices(around.now)
    long_ago = around.now - _ASKED_LONG_AGO
    asked = ScopeRequest.objects.filter(state=ScopeRequest.State.WAITING, created_at__lt=long_ago)
    if waiting := number_of(asked.order_by("created_at")):
        yield SCOPES_WAIT.found(count=waiting)
    yield from _addresses()


def number_of(rows: QuerySet[Any]) -> int:
    """Return the number of rows, which come in the order of an index: ``MOST_COUNTED`` and one at most."""
    return len(rows.values_list("pk", flat=True)[: MOST_COUNTED + 1])


def _cleanup(around: Circumstances) -> Iterator[Finding]:
    now, is_known = around.now, around.knows("oauthcore.W060")
    counts = {} if is_known else {what: number_of(rows) for what, rows in _expired(now)}
    if waiting := {what: number for what, number in counts.items() if number}:
        told = ", ".join(f"{_in_words(number)} {what}" for what, number in waiting.items())
        yield CLEANUP_DOES_NOT_RUN.found(what=told, count=sum(waiting.values()))
    if django_settings.SESSION_ENGINE.endswith((".db", ".cached_db")) and apps.is_installed(
        "django.contrib.sessions"
    ):
        from django.contrib.sessions.models import Session

        old = Session.objects.filter(expire_date__lt=now - OVERDUE).order_by("expire_date")
        if number := number_of(old):
            yield SESSIONS_ARE_NOT_CLEARED.found(count=number)


def _expired(now: datetime) -> Iterator[tuple[str, QuerySet[Any]]]:
    """Yield rows that the cleanup removes whatever its options are, where an index finds them."""
    long_ago, settings = now - OVERDUE, conf.settings()
    ended = {"expires_at__lt": long_ago}
    tokens = Token.objects.filter(kind=Token.Kind.ACCESS, **ended)
    yield "access tokens", tokens.order_by("expires_at")
    yield "pushed requests", PushedRequest.objects.filter(**ended).order_by("expires_at")
    devices = DeviceAuthorization.objects.filter(used_at=None, **ended)
    yield "device codes", devices.order_by("expires_at")
    yield "answered pages", AnsweredPage.objects.filter(**ended).order_by("expires_at")
    yield "second-factor challenges", MFAChallenge.objects.filter(**ended).order_by("expires_at")
    yield "limit windows", LimitWindow.objects.filter(ends_at__lt=long_ago).order_by("ends_at")
    yield "used identifiers", UsedIdentifier.objects.filter(**ended).order_by("expires_at")
    for what, model, lifetime in (
        ("refusals", Refusal, settings.REFUSAL_LIFETIME),
        ("security events", SecurityEvent, settings.SECURITY_EVENT_LIFETIME),
    ):
        before = long_ago - timedelta(seconds=lifetime)
        yield what, model._default_manager.filter(at__lt=before).order_by("at")


def _notices(now: datetime) -> Iterator[Finding]:
    due = LogoutDelivery.objects.filter(due_at__lt=now - _MAIL_OVERDUE).order_by("due_at")
    counts = {"logout tokens": number_of(due), "mails about tokens that expire": _mails(now)}
    if waiting := {what: number for what, number in counts.items() if number}:
        told = ", ".join(f"{_in_words(number)} {what}" for what, number in waiting.items())
        yield NOTICES_ARE_NOT_SENT.found(what=told, count=sum(waiting.values()))


def _mails(now: datetime) -> int:
    """Return how many service tokens expire soon, although no mail has ever been sent about that."""
    if not conf.settings().EXPIRY_NOTICES:
        return 0
    notice = timedelta(days=max(conf.settings().EXPIRY_NOTICES))
    until = now + notice - _MAIL_OVERDUE
    soon = ServiceToken.objects.filter(expires_at__gt=now, expires_at__lt=until).order_by("expires_at")
    keys = soon.values_list("pk", flat=True)[:MOST_COUNTED]
    rows = ServiceToken.objects.filter(pk__in=list(keys), revoked_at=None).exclude(contact="")
    silent = rows.filter(created_at__lt=now - _MAIL_OVERDUE, expiry_notices=None)
    return number_of(silent.order_by("pk"))


def _addresses() -> Iterator[Finding]:
    events = SecurityEvent.objects.order_by("-at").values_list("address", flat=True)[:_RECENT_EVENTS]
    told = [one for one in events if one]
    for address, number in Counter(told).most_common(1):
        is_rule = number >= _ENOUGH_EVENTS and number >= 0.9 * len(told)
        if is_rule and parse_network(address).is_private:
            yield ALL_FROM_ONE_ADDRESS.found(address=address)


def _in_words(number: int) -> str:
    return f"more than {MOST_COUNTED}" if number > MOST_COUNTED else str(number)
