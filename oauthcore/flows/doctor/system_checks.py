"""The system checks: what they find becomes findings. Nothing that they ask is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.core.checks import ERROR, WARNING, CheckMessage, run_checks

from oauthcore.flows.doctor.findings import Finding, Kind, Level
from oauthcore.models.database import primary

_PREFIX = "oauthcore."
#: With one of these no setting can be read.
UNREADABLE = ("oauthcore.E001", "oauthcore.E015")

CHECKS_FAILED = Kind(
    "oauthcore.D001",
    Level.ERROR,
    "The system checks stopped with {error}.",
    "Settings, or the URLconf, name something that cannot be loaded.",
    "Run manage.py check, and mend what its traceback names.",
    "docs/checks.md#system-checks",
)
OTHERS_COMPLAIN = Kind(
    "oauthcore.D002",
    Level.INFO,
    "Checks of Django and of other apps found {number} things.",
    "They are not about oauthcore, so they are not repeated here.",
    "Run manage.py check --deploy.",
    "docs/doctor.md#what-it-asks",
)
OTHERS_FAIL = replace(OTHERS_COMPLAIN, level=Level.ERROR)

#: Where the documentation explains a check, by the beginning of its number. Others have a row in checks.md.
_SECTIONS = {
    "E002": "docs/deployment.md#https",
    "E003": "docs/settings.md#the-members-of-a-scope",
    "E004": "docs/accounts.md#what-is-asked",
    "E005": "docs/deployment.md#behind-a-proxy",
    "E008": "docs/deployment.md#the-limiter",
    "E010": "docs/deployment.md#postgresql",
    "E011": "docs/protecting-views.md#public-views",
    "E012": "docs/deployment.md#https",
    "E013": "docs/deployment.md#https",
    "E014": "docs/protecting-views.md#django-rest-framework",
    "E019": "docs/deployment.md#servers",
    "E021": "docs/second-factor.md#another-second-factor",
    "E022": "docs/deployment.md#changing-keys",
    "E024": "docs/second-factor.md#where-it-is-asked",
    "E025": "docs/deployment.md#the-limiter",
    "E031": "docs/cors.md#which-origins",
    "E040": "docs/resources.md#switch-it-on",
    "E041": "docs/resources.md#which-resource-a-view-belongs-to",
    "E042": "docs/step-up.md#switch-it-on",
    "E050": "docs/metadata-documents.md#which-hosts",
    "E060": "docs/observability.md#metrics",
    "E061": "docs/observability.md#metrics",
    "E071": "docs/jwt-access-tokens.md#keys-of-your-own",
    "E072": "docs/jwt-access-tokens.md#offline-resources",
    "E073": "docs/jwt-access-tokens.md#keys-of-your-own",
    "E090": "docs/openid-connect.md#claims-what-an-application-learns-about-a-person",
    "E091": "docs/openid-connect.md#claims-what-an-application-learns-about-a-person",
    "E101": "docs/moving-from-simplejwt.md#settings",
    "E110": "docs/several-databases.md#a-replica",
    "E111": "docs/several-databases.md#a-replica",
    "W001": "docs/deployment.md#postgresql",
    "W002": "docs/deployment.md#changing-keys",
    "W003": "docs/second-factor.md#where-it-is-asked",
    "W004": "docs/protecting-views.md#a-session-or-a-token-in-one-view",
    "W005": "docs/protecting-views.md#a-session-or-a-token-in-one-view",
    "W010": "docs/deployment.md#when-the-database-is-stuck",
    "W011": "docs/deployment.md#the-limiter",
    "W021": "docs/deployment.md#mail",
    "W023": "docs/deployment.md#below-a-path",
    "W024": "docs/deployment.md#servers",
    "W051": "docs/logging-out.md#telling-applications",
    "W060": "docs/running.md#cleaning-up",
    "W061": "docs/observability.md#metrics",
    "W070": "docs/jwt-access-tokens.md#keys",
    "W071": "docs/jwt-access-tokens.md#keys",
    "W072": "docs/jwt-access-tokens.md#keys",
    "W073": "docs/jwt-access-tokens.md#what-is-in-a-token",
    "W074": "docs/jwt-access-tokens.md#offline-resources",
    "W090": "docs/settings.md#switching-something-off",
    "W100": "docs/commands.md#import_tokens",
    "W101": "docs/commands.md#import_tokens",
    "W102": "docs/commands.md#import_tokens",
    "W110": "docs/deployment.md#behind-pgbouncer",
    "W111": "docs/deployment.md#behind-pgbouncer",
    "W112": "docs/deployment.md#behind-pgbouncer",
    "W113": "docs/deployment.md#when-the-database-is-stuck",
}


def ask(*, is_deployed: bool) -> Iterator[Finding]:
    """Yield what the checks of oauthcore find, and how much other checks find."""
    try:
        found = run_checks(include_deployment_checks=is_deployed, databases=[primary()])
    except Exception as error:  # what the settings name may fail in any way
        yield CHECKS_FAILED.found(error=type(error).__name__)
        return
    told = [one for one in found if not one.is_silenced() and one.level >= WARNING]
    yield from (_finding(one) for one in told if str(one.id).startswith(_PREFIX))
    others = [one for one in told if not str(one.id).startswith(_PREFIX)]
    if others:
        kind = OTHERS_FAIL if any(one.level >= ERROR for one in others) else OTHERS_COMPLAIN
        yield kind.found(number=len(others), named=[one.id for one in others])


def docs_of(check: str) -> str:
    """Return where the documentation explains a check."""
    return _SECTIONS.get(check.removeprefix(_PREFIX), "docs/checks.md#system-checks")


def _finding(message: CheckMessage) -> Finding:
    level = Level.ERROR if message.level >= ERROR else Level.WARNING
    check = str(message.id)
    return Finding(check, level, str(message.msg), "", str(message.hint or ""), docs_of(check))
