"""Cleaning up: removing old rows in small batches, so that no lock lasts long.

It only keeps tables and backups small: ended rows are refused at use anyway. Rows for replay detection (used
codes, used refresh tokens) stay until their grant has ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from oauthcore import conf
from oauthcore.flows.upkeep.usage_months import merge_months
from oauthcore.models import (
    AnsweredPage,
    Application,
    AuthorizationCode,
    ClientSecret,
    Consent,
    DeviceAuthorization,
    DynamicRegistration,
    Grant,
    InitialAccessToken,
    KnownAddress,
    LegacyUse,
    LimitWindow,
    LogoutDelivery,
    MetadataDocument,
    MFAChallenge,
    PushedRequest,
    Refusal,
    RelyingPartySession,
    SecurityEvent,
    SecurityNotice,
    SigningKey,
    Token,
    TOTPFactor,
    Usage,
    UsedIdentifier,
)
from oauthcore.models.database import atomic, primary_connection, retried
from oauthcore.models.lifetimes import idle_lifetime
from oauthcore.models.notices import NEWS

Rows = QuerySet[Any]

#: Expired rows stay for this long. Clocks of machines differ, and an application that signs somebody out with
#: a token that has just expired must still find its grant.
_MARGIN = timedelta(days=1)


@dataclass(frozen=True)
class Removed:
    """The number of removed rows of one sort."""

    what: str
    count: int


def clean_up(*, now: datetime, keep: timedelta, batch_size: int) -> Iterator[Removed]:
    """Remove rows that are no longer needed, and yield the number of rows of each sort.

    ``keep`` is how long ended grants and deleted applications stay, so that staff can look them up. Each
    batch is one transaction and skips rows that other transactions have locked. So several of these can run
    beside the site, and each can be killed at any point.
    """
    _note_approvals(batch_size)
    for what, rows in _sorts(now, ended_before=now - keep):
        yield Removed(what, _remove(rows, batch_size))
    yield Removed("days of usage merged into months", merge_months(now=now, batch_size=batch_size))


def _sorts(now: datetime, *, ended_before: datetime) -> list[tuple[str, Rows]]:
    """Return what is removed, in this order. Rows under a grant or an application come before it."""
    grants = Grant.objects.all()
    applications = Application.objects.filter(deleted_at__lt=ended_before)
    ended = grants.filter(
        Q(revoked_at__lt=ended_before) | Q(expires_at__lt=ended_before) | Q(application__in=applications)
    )
    tokens, codes = Token.objects.all(), AuthorizationCode.objects.all()
    devices = DeviceAuthorization.objects.all()
    long_ago = now - _MARGIN
    settings = conf.settings()
    events_before = now - timedelta(seconds=settings.SECURITY_EVENT_LIFETIME)
    refused_before = now - timedelta(seconds=settings.REFUSAL_LIFETIME)
    used_before = now - 2 * timedelta(seconds=settings.LEGACY_USE_WINDOW)
    return [
        ("access tokens", tokens.filter(_has_ended(long_ago), kind=Token.Kind.ACCESS)),
        ("tokens of ended grants", tokens.filter(grant__in=ended)),
        ("codes of ended grants", codes.filter(grant__in=ended)),
        ("device codes of ended grants", devices.filter(grant__in=ended)),
        ("pushed requests", PushedRequest.objects.filter(expires_at__lt=long_ago)),
        ("device codes that were never used", devices.filter(used_at=None, expires_at__lt=long_ago)),
        ("ended grants", ended.filter(~_exists(tokens, "grant"), ~_exists(codes, "grant"))),
        ("forgotten device sessions", _forgotten(grants, ended_before - idle_lifetime())),
        ("grants that nothing is left of", _bare(grants, tokens, (codes, devices), ended_before, long_ago)),
        (
            "usage of removed grants",
            Usage.objects.filter(~Exists(grants.filter(pk=OuterRef("grant_id")))),
        ),
        ("sessions at applications", RelyingPartySession.long_over(before=ended_before)),
        ("logout deliveries", LogoutDelivery.long_over(before=refused_before)),
        ("consents", Consent.objects.filter(application__in=applications)),
        ("retired signing keys", SigningKey.objects.filter(published_until__lt=ended_before)),
        ("client secrets", ClientSecret.objects.filter(expires_at__lt=ended_before)),
        ("deleted applications", applications.filter(~_exists(grants, "application"))),
        ("unused applications", _unused(now - timedelta(seconds=settings.UNUSED_APPLICATION_LIFETIME))),
        ("unused applications beyond the newest", _too_many_unused(_unused(long_ago))),
        ("initial access tokens", _useless_admissions(ended_before)),
        *_of_signing_in(now),
        ("legacy use", LegacyUse.objects.filter(last_at__lt=used_before)),
        ("refusals", Refusal.objects.filter(at__lt=refused_before)),
        ("answered pages", AnsweredPage.objects.filter(expires_at__lt=long_ago)),
        ("limit windows", LimitWindow.long_over(now=now)),
        ("documents that led to no client", MetadataDocument.long_over(now=now)),
        ("used identifiers", UsedIdentifier.long_over(now=now)),
        ("security events", SecurityEvent.objects.filter(at__lt=events_before)),
        ("security events that anybody can cause", _of_anybody(now)),
    ]


def _of_signing_in(now: datetime) -> list[tuple[str, Rows]]:
    long_ago = now - _MARGIN
    known_since = now - timedelta(seconds=conf.settings().KNOWN_ADDRESS_LIFETIME)
    waiting = TOTPFactor.objects.filter(confirmed_at=None)
    return [
        ("second-factor challenges", MFAChallenge.objects.filter(expires_at__lt=long_ago)),
        ("second factors never confirmed", waiting.filter(created_at__lt=long_ago)),
        ("known addresses", KnownAddress.objects.filter(last_at__lt=known_since)),
        # Mails are not sent about events of this age, so none is sent twice.
        ("notices", SecurityNotice.objects.filter(claimed_at__lt=long_ago - NEWS)),
    ]


def _has_ended(before: datetime) -> Q:
    return Q(expires_at__lt=before) | Q(revoked_at__lt=before)


def _exists(rows: Rows, owner: str) -> Exists:
    return Exists(rows.filter(**{owner: OuterRef("pk")}))


def _forgotten(grants: Rows, refreshed_before: datetime) -> Rows:
    """Return device sessions that were not used for a long time. Their tokens are removed with them."""
    rows = Token.objects.filter(grant=OuterRef("pk"), kind=Token.Kind.REFRESH)
    is_idle = Q(turned_at__lt=refreshed_before) | Q(turned_at=None, created_at__lt=refreshed_before)
    return grants.filter(
        Exists(rows.filter(is_idle)), kind=Grant.Kind.SESSION, created_at__lt=refreshed_before
    )


def _bare(
    grants: Rows, tokens: Rows, codes: tuple[Rows, Rows], opened_before: datetime, long_ago: datetime
) -> Rows:
    """Return old grants of approvals that can no longer be used: they have no token and no unused code."""
    return grants.filter(
        ~_exists(tokens, "grant"),
        *(~_exists(sort.filter(expires_at__gte=long_ago), "grant") for sort in codes),
        kind=Grant.Kind.APPLICATION,
        created_at__lt=opened_before,
    )


def _never_approved() -> Rows:
    return Application.objects.filter(is_self_registered=True, first_approved_at=None)


def _approved() -> Q:
    """Return the condition that somebody approves an application now. Earlier approvals may be removed."""
    approvals = Grant.objects.filter(user__isnull=False)
    return Q(_exists(approvals, "application")) | Q(_exists(Consent.objects.all(), "application"))


def _note_approvals(batch_size: int) -> None:
    """Note which applications have an approval, before the last approval is removed.

    New approvals are noted when they are given. This is for approvals from before that.
    """
    rows = _never_approved().filter(_approved())
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:batch_size]):
        _note_batch(keys)


@retried
def _note_batch(keys: list[int]) -> None:
    Application.objects.filter(pk__in=keys).update(first_approved_at=F("created_at"))


def _unused(before: datetime) -> Rows:
    """Return applications that registered themselves, were never approved, and have been idle since.

    Tokens that such an application got for itself do not keep it: an attacker could get one for each of
    thousands of applications.
    """
    secrets = ClientSecret.objects.filter(last_used_at__gte=before)
    uses = Usage.objects.filter(grant__application=OuterRef("pk"), last_at__gte=before)
    return _never_approved().filter(
        ~_approved(),
        ~_exists(secrets, "application"),
        ~Exists(uses),
        ~_vouched_for_and_used(),
        created_at__lt=before,
    )


def _vouched_for_and_used() -> Q:
    """Return the condition that staff let an application register and that it has used its secret."""
    vouched = DynamicRegistration.objects.filter(initial_access_token__isnull=False)
    used = ClientSecret.objects.filter(last_used_at__isnull=False)
    return Q(_exists(vouched, "application")) & Q(_exists(used, "application"))


def _useless_admissions(ended_before: datetime) -> Rows:
    """Return initial access tokens that ended long ago and that no application registered with."""
    rows = InitialAccessToken.objects.filter(_has_ended(ended_before))
    return rows.filter(~_exists(DynamicRegistration.objects.all(), "initial_access_token"))


def _too_many_unused(rows: Rows) -> Rows:
    """Return the unused applications that are not among the newest ones, so that a flood leaves few rows."""
    newest_beyond = rows.order_by("-pk").values_list("pk", flat=True)[conf.settings().UNUSED_APPLICATIONS :]
    first = next(iter(newest_beyond[:1]), None)
    return rows.none() if first is None else rows.filter(pk__lte=first)


def _of_anybody(now: datetime) -> Rows:
    """Return events that need no login: refusals, and what applications that registered themselves did."""
    before = now - timedelta(seconds=conf.settings().ANONYMOUS_EVENT_LIFETIME)
    kinds = SecurityEvent.Kind
    of_itself = [kinds.APPLICATION_REGISTERED, kinds.APPLICATION_CHANGED, kinds.APPLICATION_DELETED]
    registered = Q(kind__in=of_itself, user_ref="")
    refused = Q(kind__in=[kinds.REQUEST_REFUSED, kinds.SIGN_IN_REFUSED])
    return SecurityEvent.objects.filter(registered | refused, at__lt=before)


def _remove(rows: Rows, batch_size: int) -> int:
    """Walk once along the primary key and remove the rows batch by batch; return how many were removed."""
    removed, last = 0, None
    while True:
        batch = rows if last is None else rows.filter(pk__gt=last)
        keys, count = _remove_batch(batch, batch_size)
        removed += count
        if len(keys) < batch_size:
            return removed
        last = keys[-1]


@retried
def _remove_batch(rows: Rows, batch_size: int) -> tuple[list[Any], int]:
    features = primary_connection().features
    with atomic():
        locked = rows.select_for_update(skip_locked=features.has_select_for_update_skip_locked)
        keys = list(locked.order_by("pk").values_list("pk", flat=True)[:batch_size])
        # The condition is checked again, because some databases do not lock the rows that were read.
        _, by_model = rows.filter(pk__in=keys).delete()
    return keys, by_model.get(rows.model._meta.label, 0)
