"""What the clean-up removes: each sort of rows with its condition, in an order that works."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import OuterRef, Q

from oauthcore import conf
from oauthcore.flows.upkeep.removing import Rows, Sort
from oauthcore.models import (
    AnsweredPage,
    Application,
    AuthorizationCode,
    ClientKey,
    ClientSecret,
    Consent,
    Device,
    DeviceAuthorization,
    DynamicRegistration,
    ExpiryNotice,
    Grant,
    ImportedHash,
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
from oauthcore.models.lifetimes import idle_lifetime
from oauthcore.models.lookups import has
from oauthcore.models.notices import NEWS

#: Expired rows stay for this long. Clocks of machines differ, and an application that signs somebody out with
#: a token that has just expired must still find its grant.
_MARGIN = timedelta(days=1)

_LEFT_BEHIND: dict[str, Any] = {
    "usage of removed grants": Usage,
    "devices of removed grants": Device,
    "device codes of removed grants": DeviceAuthorization,
    "expiry notices of removed grants": ExpiryNotice,
}


def sorts(now: datetime, *, keep: timedelta) -> list[Sort]:
    """Return what is removed, in this order. Ended grants come first, because they take all with them that is
    under them. What is under an application comes before it.

    ``keep`` is how long ended grants and deleted applications stay, so that staff can look them up.
    """
    crowd = partial(_too_many_unused, _unused(now - _MARGIN))
    access = Token.objects.filter(_is_over(now - _MARGIN), kind=Token.Kind.ACCESS)
    listed = [*_of_grants(now, ended_before=now - keep), *_of_signing_in(now), *_by_age(now)]
    return [
        _ended_grants(now - keep),
        Sort("access tokens", access.all),
        *(Sort(what, rows.all) for what, rows in listed),
        Sort("unused applications beyond the newest", crowd),
    ]


def _ended_grants(before: datetime) -> Sort:
    """Return the grants that ended before then: they lead to all that is under them."""
    applications = Application.objects.filter(deleted_at__lt=before)
    ended = Q(revoked_at__lt=before) | Q(expires_at__lt=before) | Q(application__in=applications)
    under = {
        "tokens of ended grants": Token.objects.all(),
        "codes of ended grants": AuthorizationCode.objects.all(),
        "device codes of ended grants": DeviceAuthorization.objects.all(),
    }
    return Sort("ended grants", Grant.objects.filter(ended).all, under, stay=~_stays_away(before))


def _of_grants(now: datetime, *, ended_before: datetime) -> list[tuple[str, Rows]]:
    grants = Grant.objects.all()
    applications = Application.objects.filter(deleted_at__lt=ended_before)
    tokens, codes = Token.objects.all(), AuthorizationCode.objects.all()
    devices = DeviceAuthorization.objects.all()
    long_ago = now - _MARGIN
    unused_before = now - timedelta(seconds=conf.settings().UNUSED_APPLICATION_LIFETIME)
    return [
        ("pushed requests", PushedRequest.objects.filter(expires_at__lt=long_ago)),
        ("device codes that were never used", devices.filter(used_at=None, expires_at__lt=long_ago)),
        ("forgotten device sessions", _forgotten(grants, ended_before - idle_lifetime())),
        ("grants that nothing is left of", _bare(grants, tokens, (codes, devices), ended_before, long_ago)),
        # The database has no constraint for these.
        *(
            (what, model.objects.filter(~has(grants.filter(pk=OuterRef("grant_id"))), grant__isnull=False))
            for what, model in _LEFT_BEHIND.items()
        ),
        (
            "hashes of imported keys that are gone",
            ImportedHash.objects.filter(~has(tokens.filter(pk=OuterRef("token_id")))),
        ),
        ("sessions at applications", RelyingPartySession.long_over(before=ended_before)),
        ("consents", Consent.objects.filter(application__in=applications)),
        ("retired signing keys", SigningKey.objects.filter(published_until__lt=ended_before)),
        ("client secrets", ClientSecret.objects.filter(expires_at__lt=ended_before)),
        ("deleted applications", applications.filter(~_exists(grants, "application"))),
        ("unused applications", _unused(unused_before)),
        ("initial access tokens", _useless_admissions(ended_before)),
    ]


def _by_age(now: datetime) -> list[tuple[str, Rows]]:
    settings, long_ago = conf.settings(), now - _MARGIN
    events_before = now - timedelta(seconds=settings.SECURITY_EVENT_LIFETIME)
    refused_before = now - timedelta(seconds=settings.REFUSAL_LIFETIME)
    used_before = now - 2 * timedelta(seconds=settings.LEGACY_USE_WINDOW)
    return [
        ("logout deliveries", LogoutDelivery.long_over(before=refused_before)),
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


def _is_over(before: datetime) -> Q:
    """Return the condition for access tokens. A revoked imported one stays until it expires: see below."""
    imported = Grant.objects.filter(pk=OuterRef("grant_id"), imported_from__isnull=False)
    was_revoked = Q(revoked_at__isnull=False, revoked_at__lt=before)
    return Q(expires_at__lt=before) | (was_revoked & ~has(imported))


def _stays_away(before: datetime) -> Q:
    """Return the condition that no import brings a grant back: it was not imported, or it has expired.

    The other package still has its tokens. If what was ended here were forgotten, the next import would take
    them as new ones.
    """
    return Q(imported_from=None) | Q(expires_at__lt=before)


def _exists(rows: Rows, owner: str) -> Q:
    return has(rows.filter(**{owner: OuterRef("pk")}))


def _forgotten(grants: Rows, refreshed_before: datetime) -> Rows:
    """Return device sessions that were not used for a long time. Their tokens are removed with them."""
    rows = Token.objects.filter(grant=OuterRef("pk"), kind=Token.Kind.REFRESH)
    is_idle = Q(turned_at__lt=refreshed_before) | Q(turned_at=None, created_at__lt=refreshed_before)
    return grants.filter(has(rows.filter(is_idle)), kind=Grant.Kind.SESSION, created_at__lt=refreshed_before)


def _bare(
    grants: Rows, tokens: Rows, codes: tuple[Rows, Rows], opened_before: datetime, long_ago: datetime
) -> Rows:
    """Return old grants of approvals that can no longer be used: they have no token and no unused code."""
    return grants.filter(
        _stays_away(opened_before),
        ~_exists(tokens, "grant"),
        *(~_exists(sort.filter(expires_at__gte=long_ago), "grant") for sort in codes),
        kind=Grant.Kind.APPLICATION,
        created_at__lt=opened_before,
    )


def never_approved() -> Rows:
    """Return applications that registered themselves and were never approved, as far as is noted."""
    return Application.objects.filter(is_self_registered=True, first_approved_at=None)


def approved() -> Q:
    """Return the condition that somebody approves an application now. Earlier approvals may be removed."""
    approvals = Grant.objects.filter(user__isnull=False)
    return _exists(approvals, "application") | _exists(Consent.objects.all(), "application")


def _unused(before: datetime) -> Rows:
    """Return applications that registered themselves, were never approved, and have been idle since.

    Tokens that such an application got for itself do not keep it: an attacker could get one for each of
    thousands of applications.
    """
    secrets = ClientSecret.objects.filter(last_used_at__gte=before)
    keys = ClientKey.objects.filter(last_used_at__gte=before)
    uses = Usage.objects.filter(grant__application=OuterRef("pk"), last_at__gte=before)
    return never_approved().filter(
        ~approved(),
        ~_exists(secrets, "application"),
        ~_exists(keys, "application"),
        ~has(uses),
        ~_vouched_for_and_used(),
        created_at__lt=before,
    )


def _vouched_for_and_used() -> Q:
    """Return the condition that staff let an application register, and that it has used a secret or key."""
    vouched = DynamicRegistration.objects.filter(initial_access_token__isnull=False)
    secrets, keys = (model.objects.filter(last_used_at__isnull=False) for model in (ClientSecret, ClientKey))
    return _exists(vouched, "application") & (_exists(secrets, "application") | _exists(keys, "application"))


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
