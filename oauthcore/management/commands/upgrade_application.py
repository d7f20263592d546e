"""``python manage.py upgrade_application``: what OAuth 2.1 would have refused, and the upgrade itself."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from oauthcore.flows.applications.upgrade import (
    Finding,
    NotUpgraded,
    Overview,
    Report,
    dry_run,
    legacy_applications,
    upgrade,
)
from oauthcore.management.arguments import TypedCommand
from oauthcore.models import Application
from oauthcore.rules.text.numbers import whole_number
from oauthcore.rules.wire.moments import to_the_minute, with_offset


class Command(TypedCommand):
    """Shows the dry run and changes nothing, unless it is told to."""

    help = "Show what OAuth 2.1 would have refused of a legacy application's requests, and upgrade it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("application", nargs="?", help="its client ID or its number")
        parser.add_argument("--all", action="store_true", help="list every legacy application instead")
        parser.add_argument(
            "--upgrade", action="store_true", help="upgrade it if nothing would have been refused"
        )
        parser.add_argument(
            "--anyway", action="store_true", help="with --upgrade: although requests would have been refused"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show or upgrade; raise CommandError where an upgrade that was asked for is not made."""
        if options["all"] == bool(options["application"]):
            raise CommandError("Name one application, or give --all.")
        if options["anyway"] and not options["upgrade"]:
            raise CommandError("--anyway goes with --upgrade.")
        if options["all"]:
            self._list(options)
        else:
            self._one(_required(options["application"]), options)

    def _list(self, options: dict[str, Any]) -> None:
        if options["upgrade"]:
            raise CommandError("Upgrade applications one by one: --upgrade does not go with --all.")
        found = legacy_applications(now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps([_as_row(one) for one in found]))
        else:
            self.stdout.write("\n".join(map(_as_line, found)) or "There is no legacy application.")

    def _one(self, application: Application, options: dict[str, Any]) -> None:
        now = timezone.now()
        report, was_legacy = dry_run(application, now=now), application.is_legacy
        if options["upgrade"]:
            try:
                upgrade(application, None, confirmed=report.mark if options["anyway"] else "", now=now)
            except NotUpgraded as refused:
                self._show(refused.report, options, was_legacy=was_legacy)
                raise CommandError(_why(refused.report)) from None
        self._show(report, options, was_legacy=was_legacy)

    def _show(self, report: Report, options: dict[str, Any], *, was_legacy: bool) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(_as_object(report)))
        elif not was_legacy:
            self.stdout.write(
                f"{report.application.client_id} lives under OAuth 2.1: there is nothing to do."
            )
        else:
            self.stdout.write("\n".join(_as_lines(report)))


def _required(name: str) -> Application:
    number = whole_number(name)
    named = {"client_id": name} if number is None else {"pk": number}
    found = Application.objects.filter(deleted_at=None, **named).first()
    if found is None:
        raise CommandError(f"There is no application {name}.")
    return found


def _why(report: Report) -> str:
    if report.blockers:
        return " ".join(["Nothing was changed.", *report.blockers])
    return "Nothing was changed: requests like these would be refused. Mend them, or add --anyway."


def _as_lines(report: Report) -> list[str]:
    application = report.application
    if report.is_clean:
        told = [f"In the last {report.days} days it did nothing that OAuth 2.1 refuses."]
    else:
        told = [f"In the last {report.days} days OAuth 2.1 would have refused:"]
    for finding in report.findings:
        seen = f"{to_the_minute(finding.last_at)}: {finding.example or '-'}"
        told += [
            "",
            f"  {finding.count} x {finding.habit.label}",
            f"      on {finding.days} of the days, last at {seen}",
            f"      {finding.remedy}",
        ]
    if application.is_legacy:
        changes = [f"  {text}" for text in report.changes] or ["  Nothing but the profile changes."]
        told += ["", "The upgrade:", *changes, *(f"  FIRST: {text}" for text in report.blockers)]
    else:
        told += ["", f"{application.client_id} lives under OAuth 2.1 now."]
    return told


def _as_object(report: Report) -> dict[str, Any]:
    return {
        "client_id": report.application.client_id,
        "profile": report.application.profile,
        "days": report.days,
        "is_clean": report.is_clean,
        "findings": [_as_finding(one) for one in report.findings],
        "changes": list(report.changes),
        "blockers": list(report.blockers),
    }


def _as_finding(finding: Finding) -> dict[str, Any]:
    return {
        "habit": finding.habit.value,
        "count": finding.count,
        "days": finding.days,
        "last_at": with_offset(finding.last_at),
        "example": finding.example,
        "request_id": finding.request_id,
        "remedy": finding.remedy,
    }


def _as_row(overview: Overview) -> dict[str, Any]:
    return {
        "id": overview.application.pk,
        "client_id": overview.application.client_id,
        "name": overview.application.name,
        "counts": {habit.value: count for habit, count in overview.counts.items()},
        "last_at": with_offset(overview.last_at),
    }


def _as_line(overview: Overview) -> str:
    counts = ", ".join(f"{habit.value} {count}" for habit, count in overview.counts.items())
    # A name may hold what a terminal would obey.
    name = "".join(one if one.isprintable() else "?" for one in overview.application.name)
    return f"{overview.application.client_id}  {name}: {counts or 'clean'}"
