"""``python manage.py revoke_leaked``: end every secret of this site that a text holds."""

from __future__ import annotations

import codecs
import io
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from oauthcore.flows.upkeep.leaks import Extent, Find, Outcome, Search
from oauthcore.management.arguments import TypedCommand
from oauthcore.management.service_tokens import printable
from oauthcore.rules.tokens.secrets import SecretKind

_KINDS = {
    SecretKind.ACCESS: "access token",
    SecretKind.REFRESH: "refresh token",
    SecretKind.CODE: "authorization code",
    SecretKind.CLIENT_SECRET: "client secret",
    SecretKind.SERVICE: "service token",
    SecretKind.MFA: "mfa_token",
    SecretKind.INITIAL_ACCESS: "initial access token",
    SecretKind.REGISTRATION: "registration access token",
    SecretKind.DEVICE_CODE: "device code",
}
_NOTHING_TO_DO = {
    Outcome.OVER: "it was over before",
    Outcome.REPEATED: "it stood further up",
    Outcome.UNKNOWN: "it was never issued, or it ended long ago",
    Outcome.MISTYPED: "begins like a secret of this site, but is mistyped or cut: look at this line",
    Outcome.FOREIGN: "no secret of this site: end it where it is from",
    Outcome.FAILED: "the database refused: run this again",
}
#: What Windows writes in front of text that is not UTF-8.
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Command(TypedCommand):
    """Takes no secret as an argument: those land in the shell's history and in lists of processes."""

    help = "End every token, code and client secret of this site that a file holds, and say what each was."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "file", help="a file with one a line, a log or a scanner's report; - for standard input"
        )
        parser.add_argument("--dry-run", action="store_true", help="change nothing, and say what would end")
        parser.add_argument("--json", action="store_true", help="print a JSON object a line, one for each")

    def handle(self, *args: Any, **options: Any) -> None:
        """End what there is; raise CommandError where the file cannot be read or the database refused."""
        counted: Counter[Outcome] = Counter()
        with _opened(options["file"]) as lines:
            for find in Search(is_dry=options["dry_run"]).through(lines):
                counted[find.outcome] += 1
                self.stdout.write(json.dumps(_as_object(find)) if options["json"] else _as_line(find))
        if not options["json"]:
            self.stdout.write(_summary(counted))
        if counted[Outcome.FAILED]:
            raise CommandError(f"{counted[Outcome.FAILED]} could not be ended. Run this again.")


@contextmanager
def _opened(name: str) -> Iterator[io.TextIOWrapper]:
    with ExitStack() as opened:
        try:
            file: Any = sys.stdin.buffer if name == "-" else opened.enter_context(Path(name).open("rb"))
        except OSError as error:
            # A token given by mistake as the file name must not be repeated in the message or in a log.
            raise CommandError(f"The file cannot be read: {error.strerror}.") from None
        is_utf_16 = file.peek(2)[:2] in _UTF_16
        text = io.TextIOWrapper(file, encoding="utf-16" if is_utf_16 else "utf-8-sig", errors="replace")
        yield text
        text.detach()  # standard input is not ours to close


def _summary(counted: Counter[Outcome]) -> str:
    if not counted:
        return "There is no secret of this site in it."
    return ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in sorted(counted.items()))


def _as_line(find: Find) -> str:
    what = f"{_KINDS[find.kind]} …{find.hint}" if find.kind else "?"
    told = _NOTHING_TO_DO.get(find.outcome) or _what_ended(find)
    owners = [f"{name} {printable(str(value))}" for name, value in _owners(find).items() if value is not None]
    return "  ".join([f"line {find.line}", what, told, *owners])


def _what_ended(find: Find) -> str:
    verb = "would end" if find.outcome == Outcome.WOULD_END else "ended"
    if find.kind is SecretKind.CLIENT_SECRET:
        return f"this secret {verb}: {_remedy(find)}"
    if find.extent == Extent.GRANT:
        return f"{verb}, with everything under its grant"
    return f"{verb}, this one alone"


def _remedy(find: Find) -> str:
    if find.kind is not SecretKind.CLIENT_SECRET or find.outcome not in (Outcome.ENDED, Outcome.WOULD_END):
        return ""
    if find.extent == Extent.LAST_SECRET:
        return "its developer has to make a new one before the application works again"
    return "its developer has to use the other one"


def _owners(find: Find) -> dict[str, Any]:
    grant = find.grant
    return {
        "application": find.application.name if find.application else None,
        "client_id": find.application.client_id if find.application else None,
        "user": find.user.get_username() if find.user else None,
        "account": str(grant.account_uuid) if grant and grant.account_uuid else None,
        "name": grant.label if grant and grant.label else None,
        "grant": str(grant.uuid) if grant else None,
    }


def _as_object(find: Find) -> dict[str, Any]:
    return {
        "line": find.line,
        "outcome": find.outcome.value,
        "kind": find.kind.name.lower() if find.kind else None,
        "hint": find.hint,
        "extent": find.extent.value if find.extent else None,
        **_owners(find),
        "remedy": _remedy(find),
    }
