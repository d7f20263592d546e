"""Questions about applications: what they lack, and whether anybody uses them and their secrets.

At most ``MOST_COUNTED`` applications are looked at, the oldest first, a few hundred at a time by their keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import OuterRef, Subquery

from oauthcore.flows.doctor.findings import MOST_COUNTED, Circumstances, Finding, Kind, Level
from oauthcore.models import Application, ClientKey, ClientSecret, Consent, Grant, GrantType
from oauthcore.models.application_problems import problems_of
from oauthcore.models.liveness import ENDS_SOON, LONG_UNUSED

Item = TypeVar("Item")

_AT_ONCE = 500
_OLD_SECRET = timedelta(days=365)
#: The fields whose values depend on settings that may have changed.
_DEPENDENT = {"scopes", "default_scopes", "required_scopes", "grant_types"}

NO_REDIRECT = Kind(
    "oauthcore.D071",
    Level.WARNING,
    "Applications send people to the authorize page and have no redirect URI.",
    "Each request of theirs is refused.",
    "Have their developers register one, or delete them.",
    "docs/applications.md#the-fields-of-an-application",
)
NOT_VALID = Kind(
    "oauthcore.D072",
    Level.WARNING,
    "Applications are registered for something that the site no longer allows: {fields}.",
    "That part of their requests is refused. SCOPES or another setting may have changed.",
    "Save them in the admin, which says what to correct.",
    "docs/applications.md#the-fields-of-an-application",
)
APPLICATIONS_ARE_UNUSED = Kind(
    "oauthcore.D073",
    Level.INFO,
    "Applications are older than {days} days, and nobody has access through them.",
    "Their secrets are still accepted.",
    "Ask their owners, and delete or disable them.",
    "docs/applications.md#what-staff-can-do",
)
SECRETS_ARE_OLD = Kind(
    "oauthcore.D074",
    Level.INFO,
    "Applications use a client secret that is more than a year old.",
    "The older a secret, the more places it has been copied to.",
    "Have their developers make a new one; the old one can stay live for a while.",
    "docs/applications.md#secrets",
)
OLD_SECRETS_STILL_USED = Kind(
    "oauthcore.D075",
    Level.WARNING,
    "Applications still use a rotated secret, which ends within 14 days.",
    "From then on they are refused.",
    "Tell their developers to use the new secret.",
    "docs/applications.md#secrets",
)


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield a few hundred of the items at a time."""
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))


def ask(around: Circumstances) -> Iterator[Finding]:
    """Yield what is wrong with applications, and what is unused."""
    now = around.now
    found: dict[Kind, list[str]] = defaultdict(list)
    fields: set[str] = set()
    for chunk in _walk():
        for one in chunk:
            if _lacks_redirect(one):
                found[NO_REDIRECT].append(one.client_id)
            elif wrong := _problems(one):
                found[NOT_VALID].append(one.client_id)
                fields |= wrong
        found[APPLICATIONS_ARE_UNUSED] += _never_used([one for one in chunk if one.is_live], now)
        for kind, client_id in _secrets([one for one in chunk if one.is_live], now):
            found[kind].append(client_id)
    details = {"fields": ", ".join(sorted(fields)), "days": LONG_UNUSED.days}
    for kind, names in found.items():
        if names:
            yield kind.found(count=len(names), named=names, **details)


def _walk() -> Iterator[list[Application]]:
    rows, last = Application.objects.filter(deleted_at=None).order_by("pk"), 0
    for _ in range(MOST_COUNTED // _AT_ONCE):
        chunk = list(rows.filter(pk__gt=last)[:_AT_ONCE])
        if not chunk:
            return
        yield chunk
        last = chunk[-1].pk


def _lacks_redirect(application: Application) -> bool:
    needs_one = application.allows(GrantType.AUTHORIZATION_CODE) or application.allows(GrantType.IMPLICIT)
    return needs_one and not application.redirect_uris


def _problems(application: Application) -> set[str]:
    """Return the fields that are not valid any more."""
    uris = application.redirect_uris
    wrong = _DEPENDENT & set(problems_of(application))
    if any(application.problem_with_redirect_uri(one, is_registered=True) for one in uris):
        wrong.add("redirect_uris")
    return wrong


def _never_used(applications: Sequence[Application], now: datetime) -> list[str]:
    """Return those that are old and have no grant: the cleanup removes grants a month after their end."""
    since = now - LONG_UNUSED
    old = [one.pk for one in applications if one.created_at < since]
    # A subquery for each row: a join could read the grants of all applications.
    grant = Grant.objects.filter(application=OuterRef("pk")).values("pk")[:1]
    consent = Consent.objects.filter(application=OuterRef("pk")).values("pk")[:1]
    secret = ClientSecret.objects.filter(application=OuterRef("pk"), last_used_at__gte=since).values("pk")[:1]
    key = ClientKey.objects.filter(application=OuterRef("pk"), last_used_at__gte=since).values("pk")[:1]
    rows = Application.objects.filter(pk__in=old).annotate(
        a_grant=Subquery(grant), a_consent=Subquery(consent), a_secret=Subquery(secret), a_key=Subquery(key)
    )
    unused = rows.filter(a_grant=None, a_consent=None, a_secret=None, a_key=None).order_by("pk")
    return list(unused.values_list("client_id", flat=True))


def _secrets(applications: Sequence[Application], now: datetime) -> Iterator[tuple[Kind, str]]:
    names = {one.pk: one.client_id for one in applications}
    by_owner: dict[int, list[ClientSecret]] = defaultdict(list)
    for secret in ClientSecret.objects.live(now).filter(application__in=list(names)).order_by("pk"):
        by_owner[secret.application_id].append(secret)
    recently = now - LONG_UNUSED
    for owner, secrets in by_owner.items():
        used = [one for one in secrets if one.last_used_at is not None and one.last_used_at > recently]
        if any(one.expires_at is not None and one.expires_at < now + ENDS_SOON for one in used[:1]):
            newest = secrets[-1]
            if newest.last_used_at is None and newest is not used[0]:
                yield OLD_SECRETS_STILL_USED, names[owner]
        elif any(one.created_at < now - _OLD_SECRET for one in used):
            yield SECRETS_ARE_OLD, names[owner]
