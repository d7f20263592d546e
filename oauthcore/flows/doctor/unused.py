"""Questions about what is unused or near its end: legacy switches and service tokens.

Each statement reads a range of an index and stops after ``MOST_COUNTED`` rows, or a few hundred rows by their
keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from oauthcore import conf
from oauthcore.flows.doctor.applications import chunks
from oauthcore.flows.doctor.findings import MOST_COUNTED, Circumstances, Finding, Kind, Level
from oauthcore.flows.service_tokens.lists import Wanted, matching
from oauthcore.models import (
    Application,
    GrantType,
    InitialAccessToken,
    LegacyUse,
    Profile,
    ServiceToken,
)
from oauthcore.models.liveness import ENDS_SOON, LONG_UNUSED
from oauthcore.models.profiles import LegacySwitch

_MOST_LEGACY = 2_000
#: What an application does with each switch. Without any of it, nobody needs the switch.
_HABITS = {
    LegacySwitch.OPTIONAL_PKCE: (LegacyUse.Habit.NO_PKCE, LegacyUse.Habit.PLAIN_PKCE),
    LegacySwitch.PATH_PREFIX: (LegacyUse.Habit.PATH_PREFIX,),
    LegacySwitch.QUERY_TOKEN: (LegacyUse.Habit.QUERY_TOKEN,),
    LegacySwitch.GET_CREDENTIALS: (LegacyUse.Habit.GET_CREDENTIALS,),
}

SWITCHES_ARE_UNUSED = Kind(
    "oauthcore.D070",
    Level.INFO,
    "Legacy applications have switches that no request of the last {days} days used.",
    "Each switch allows something that OAuth 2.1 forbids for a reason.",
    "Look at manage.py upgrade_application CLIENT_ID, and upgrade them or take the switches away.",
    "docs/upgrading.md#the-dry-run",
)
SERVICE_TOKENS_ARE_UNUSED = Kind(
    "oauthcore.D076",
    Level.INFO,
    "Service tokens have not been used for {days} days.",
    "They still work for anybody who finds them.",
    "Look at manage.py service_token_list --unused {days}, and revoke what nobody needs.",
    "docs/commands.md#service_token_list",
)
SERVICE_TOKENS_END = Kind(
    "oauthcore.D077",
    Level.WARNING,
    "Service tokens that are in use end within 14 days, and nobody is told: they have no contact.",
    "The programs that use them stop working.",
    "Give them a contact, or a later end, in the admin.",
    "docs/service-tokens.md#what-limits-one",
)
ADMISSIONS_END = Kind(
    "oauthcore.D078",
    Level.INFO,
    "Initial access tokens end within 14 days.",
    "Partners cannot register applications with them after that.",
    "Make new ones in the admin, if they are still needed.",
    "docs/admin.md#initial-access-tokens",
)


def ask(around: Circumstances) -> Iterator[Finding]:
    """Yield what is unused, and what ends soon."""
    now = around.now
    yield from _legacy(now)
    yield from _service_tokens(now)
    ending = InitialAccessToken.objects.live(now).filter(expires_at__lt=now + ENDS_SOON).order_by("pk")
    if admissions := list(ending.values_list("label", flat=True)[: MOST_COUNTED + 1]):
        yield ADMISSIONS_END.found(count=len(admissions), named=admissions)


def _legacy(now: datetime) -> Iterator[Finding]:
    window = timedelta(seconds=conf.settings().LEGACY_USE_WINDOW)
    rows = Application.objects.filter(profile=Profile.OAUTH_2_0, deleted_at=None, created_at__lt=now - window)
    found = []
    for chunk in chunks(list(rows.order_by("pk")[:_MOST_LEGACY])):
        used = LegacyUse.objects.filter(application__in=chunk, day__gte=(now - window).date())
        habits = set(used.values_list("application_id", "habit").distinct())
        found += [one for one in chunk if any(_unused_switches(one, habits))]
    if found:
        days = max(1, window.days)
        yield SWITCHES_ARE_UNUSED.found(days=days, count=len(found), named=[one.client_id for one in found])


def _unused_switches(application: Application, habits: set[tuple[int, str]]) -> Iterator[str]:
    """Yield each switch of an application that it made no use of; the implicit grant is one."""
    for switch, uses in _HABITS.items():
        if application.may(switch) and not any((application.pk, one.value) in habits for one in uses):
            yield switch.value
    is_used = (application.pk, LegacyUse.Habit.IMPLICIT.value) in habits
    if application.allows(GrantType.IMPLICIT) and not is_used:
        yield GrantType.IMPLICIT.value


def _service_tokens(now: datetime) -> Iterator[Finding]:
    unused = Wanted(unused_days=LONG_UNUSED.days)
    long_ago = now - LONG_UNUSED
    old = ServiceToken.objects.filter(created_at__lt=long_ago, revoked_at=None).order_by("created_at")
    if found := _among(list(old.values_list("pk", flat=True)[: MOST_COUNTED + 1]), unused, now):
        yield SERVICE_TOKENS_ARE_UNUSED.found(days=LONG_UNUSED.days, count=len(found), named=found)
    soon = ServiceToken.objects.filter(expires_at__gt=now, expires_at__lt=now + ENDS_SOON, revoked_at=None)
    ending = soon.filter(contact="").order_by("expires_at")
    keys = list(ending.values_list("pk", flat=True)[: MOST_COUNTED + 1])
    idle = set(_among(keys, unused, now))
    if found := [one for one in _among(keys, Wanted(), now) if one not in idle]:
        yield SERVICE_TOKENS_END.found(count=len(found), named=found)


def _among(keys: list[int], wanted: Wanted, now: datetime) -> list[str]:
    """Return the UUIDs of those of the service tokens that meet the conditions."""
    rows = (matching(wanted, now=now).filter(pk__in=chunk).order_by("pk") for chunk in chunks(keys))
    return [str(uuid) for some in rows for uuid in some.values_list("uuid", flat=True)]
