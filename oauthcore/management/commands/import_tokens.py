"""``python manage.py import_tokens``: take over applications and live tokens that another package issued."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from dataclasses import asdict
from functools import partial
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from oauthcore import conf
from oauthcore.flows.imports.run import BATCH, Report, RunsElsewhere, run
from oauthcore.flows.imports.source import Options
from oauthcore.flows.imports.sources import MODULES
from oauthcore.management.arguments import TypedCommand, moment, uuid
from oauthcore.management.progress import bar
from oauthcore.rules.imports.values import Damaged
from oauthcore.rules.oauth.scopes import parse
from oauthcore.rules.text.names import as_one_line
from oauthcore.rules.text.numbers import whole_number


class Command(TypedCommand):
    """Safe beside the running site. An interrupted run goes on where it was, a second one changes nothing."""

    help = "Take over applications and live tokens that another package issued, and report what was left."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--from", dest="source", choices=sorted(MODULES), required=True, help="the package"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="read everything, write nothing, and print the report"
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument(
            "--batch-size",
            type=_batch_size,
            default=BATCH,
            help=f"how many rows one transaction takes (default: {BATCH})",
        )
        parser.add_argument(
            "--account", type=uuid, help="the account that tokens work on, where the package knows none"
        )
        parser.add_argument(
            "--scopes",
            default="",
            help="the scopes of tokens, where the package knows none (space-separated)",
        )
        parser.add_argument(
            "--expires", type=moment, help="when tokens end, where the package says nothing: days, a date"
        )
        parser.add_argument(
            "--as",
            choices=("personal", "service"),
            default="personal",
            help="what keys of authtoken become: sessions of their people (default), or service tokens",
        )
        parser.add_argument(
            "--model", help="the model of a site's own whose table is read, as app_label.Model"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and print the report; raise CommandError for damaged tables."""
        source, now = options["source"], timezone.now()
        try:
            report = run(
                source,
                Options(
                    now=now,
                    first_run_at=now,
                    began_at=now,
                    account_uuid=options["account"],
                    scopes=_declared(options["scopes"]),
                    expires_at=options["expires"],
                    more={name: options[name] for name in ("as", "model")},
                ),
                is_dry=options["dry_run"],
                batch_size=options["batch_size"],
                progress=partial(bar, progress=self.stderr),
            )
        except Damaged as problem:
            raise CommandError(
                f"Nothing more was imported from {source}. Damaged:\n{_shown(str(problem))}"
            ) from None
        except RunsElsewhere as problem:
            raise CommandError(f"{problem}.") from None
        self.stdout.write(json.dumps(_as_json(report), indent=2) if options["json"] else _as_text(report))


def _declared(text: str) -> frozenset[str]:
    scopes = parse(text)
    unknown = sorted(name for name in scopes if name not in conf.settings().vocabulary)
    if unknown:
        raise CommandError(f"This site has no scope {unknown[0]}.")
    return scopes


def _batch_size(text: str) -> int:
    number = whole_number(text)
    if number is None or not 1 <= number <= 5000:
        raise ArgumentTypeError("give a whole number from 1 to 5000")
    return number


def _as_json(report: Report) -> dict[str, Any]:
    ends_at = report.last_ends_at
    return {
        "source": report.source,
        "dry_run": report.is_dry,
        "resumed": report.is_resumed,
        "stages": {what: asdict(counts) for what, counts in report.stages.items()},
        "last_ends_at": None if ends_at is None else ends_at.isoformat(),
        "never_ends": report.never_ends,
    }


def _as_text(report: Report) -> str:
    begun = "This would be imported" if report.is_dry else "Imported"
    went_on = ", going on where the last run was interrupted" if report.is_resumed else ""
    lines = [f"{begun} from {report.source}{went_on}:"]
    for what, counts in report.stages.items():
        here = f", {counts.known} were here already" if counts.known else ""
        lines.append(f"  {what}: {counts.taken} taken{here}")
        lines += [f"    left: {count} ({why})" for why, count in sorted(counts.left.items())]
        lines += [f"    note: {count} ({why})" for why, count in sorted(counts.notes.items())]
    if report.never_ends:
        lines.append("Some of these tokens never end.")
    elif report.last_ends_at is not None:
        lines.append(f"The last of these tokens ends at {report.last_ends_at:%Y-%m-%d %H:%M %Z}.")
    if report.source not in conf.settings().IMPORTED_TOKENS:
        lines.append(f'The site accepts them when OAUTHCORE["IMPORTED_TOKENS"] names "{report.source}".')
    return _shown("\n".join(lines))


def _shown(report: str) -> str:
    """Return a report for a terminal: values of the tables are in it, which must not control it."""
    return "\n".join(map(as_one_line, report.split("\n")))
