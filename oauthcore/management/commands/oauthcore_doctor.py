"""``python manage.py oauthcore_doctor``: what is wrong with the site, why, and how to mend it."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from django.core import checks
from django.core.management.base import CommandParser
from django.utils import timezone

from oauthcore.flows.doctor.diagnosis import Diagnosis, diagnose
from oauthcore.flows.doctor.findings import Finding, Level
from oauthcore.management.arguments import TypedCommand
from oauthcore.rules.wire.moments import with_offset

_WIDTH = 96
_HEADINGS = {Level.ERROR: "Errors", Level.WARNING: "Warnings", Level.INFO: "Worth a look"}
_LEVELS = ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG")


class Command(TypedCommand):
    """Asks settings, database and the site itself, and changes nothing."""

    help = "Say what is wrong with this site, why, and how to mend it; and what is unused."
    # The checks are a part of what it says. Before it they would end it.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--deploy",
            action="store_true",
            help="ask what matters in production, although the issuer is this machine",
        )
        parser.add_argument("--skip-site", action="store_true", help="send no request to the site itself")
        parser.add_argument(
            "--fail-level",
            default="ERROR",
            choices=_LEVELS,
            help="exit with status 1 if something of this level or above is found (default: ERROR)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the page, and exit with status 1 if something bad enough was found."""
        found = diagnose(
            now=timezone.now(),
            is_production=True if options["deploy"] else None,
            asks_site=not options["skip_site"],
        )
        self.stdout.write(json.dumps(_as_object(found)) if options["json"] else "\n".join(_page(found)))
        if found.at_least(getattr(checks, options["fail_level"])):
            sys.exit(1)


def _page(found: Diagnosis) -> Iterator[str]:
    yield f"oauthcore_doctor: {found.issuer or 'a site without an issuer'}"
    yield from (f"  {line}" for line in _what_was_asked(found))
    for level, heading in _HEADINGS.items():
        some = [one for one in found.findings if one.level == level]
        if some:
            yield from ("", f"{heading} ({len(some)})")
        for one in some:
            yield from ("", *_lines(one))
    yield ""
    if found.findings:
        counts = (sum(one.level == level for one in found.findings) for level in _HEADINGS)
        yield "Errors: {}. Warnings: {}. Worth a look: {}.".format(*counts)
    else:
        yield "Nothing is wrong, and nothing is unused."


def _what_was_asked(found: Diagnosis) -> Iterator[str]:
    yield "Settings: " + (
        "all questions." if found.is_production else "not what matters in production only (--deploy)."
    )
    yield (
        f"Database: {found.database}." if found.database else "Database: not asked. Mend the settings first."
    )
    yield {
        "network": "Site: asked over the network, at the address of the issuer.",
        "handler": "Site: not reached. Django answered in this process, so server and proxy were not asked.",
        "": "Site: not asked.",
    }[found.site]


def _lines(one: Finding) -> Iterator[str]:
    number = one.id.removeprefix("oauthcore.")
    counted = "" if one.counted is None else f" ({'more than ' if one.is_cut else ''}{one.counted})"
    yield from _wrapped(f"{number:<5} ", one.what + counted)
    for label, text in (("Why: ", one.why), ("Mend: ", one.mend), ("For instance: ", ", ".join(one.named))):
        if text:
            yield from _wrapped(f"      {label}", text)
    yield f"      See: {one.docs}"


def _wrapped(lead: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=lead,
        subsequent_indent=" " * 6 if lead[0] != " " else " " * 8,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _as_object(found: Diagnosis) -> dict[str, Any]:
    return {
        "issuer": found.issuer,
        "at": with_offset(found.at),
        "is_production": found.is_production,
        "database": found.database or None,
        "site": found.site or None,
        "findings": [
            {
                "id": one.id,
                "level": one.level.name.lower(),
                "what": one.what,
                "why": one.why,
                "mend": one.mend,
                "docs": one.docs,
                "count": one.counted,
                "has_more": one.is_cut,
                "named": list(one.named),
            }
            for one in found.findings
        ],
    }
