"""``python manage.py rotate_second_factor_keys``: encrypt seeds and signing keys with the first key."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from django.core.management.base import CommandError, CommandParser

from oauthcore.flows.keys.rotation import encrypt_anew
from oauthcore.flows.second_factor.key_rotation import Outcome, how_many, rotate_keys
from oauthcore.management.arguments import TypedCommand
from oauthcore.management.progress import shown

_IN_WORDS = {
    Outcome.ROTATED: "encrypted with the first key",
    Outcome.CURRENT: "under the first key before",
    Outcome.REPLACED: "replaced by their person meanwhile",
    Outcome.UNREADABLE: "that no key opens",
}


class Command(TypedCommand):
    """Safe at any time, beside the running site and beside another copy of itself. It shows no seed."""

    help = (
        "Encrypt the seeds of TOTP and the signing keys with the first of SECOND_FACTOR_KEYS, so that the "
        "others can be removed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--dry-run", action="store_true", help="change nothing, and count")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate; raise CommandError where seeds are left that no key opens."""
        counted: Counter[Outcome] = Counter()
        unreadable: list[dict[str, str]] = []
        rotations = rotate_keys(is_dry=options["dry_run"])
        total = how_many() if self.stderr.isatty() else 0
        for one in shown(rotations, total=total, results=self.stdout, progress=self.stderr):
            counted[one.outcome] += 1
            if one.outcome == Outcome.UNREADABLE:
                unreadable.append({"user": str(one.factor.user_id), "factor": str(one.factor.uuid)})
        signing, lost = encrypt_anew(is_dry=options["dry_run"])
        if options["json"]:
            counts = {outcome.value: counted[outcome] for outcome in Outcome}
            found = {"is_dry_run": options["dry_run"], **counts, "unreadable_seeds": unreadable}
            found |= {"signing_keys": len(signing), "unreadable_signing_keys": [key.kid for key in lost]}
            self.stdout.write(json.dumps(found))
        else:
            self._write(counted, unreadable, is_dry=options["dry_run"])
            for key in signing:
                self.stdout.write(f"{'would be ' if options['dry_run'] else ''}encrypted anew: {key}")
        if unreadable:
            raise CommandError(
                f"No key opens {len(unreadable)} of the seeds. Put the key back that they were made with; "
                "these people get in with their recovery codes."
            )
        if lost:
            raise CommandError(
                f"No key opens {', '.join(map(str, lost))}. Put the key back that it was encrypted with, or "
                "run rotate_signing_keys."
            )

    def _write(self, counted: Counter[Outcome], unreadable: list[dict[str, str]], *, is_dry: bool) -> None:
        for one in unreadable:
            self.stdout.write(f"no key opens the seed of user {one['user']} (factor {one['factor']})")
        for outcome, words in _IN_WORDS.items():
            would = "would be " if is_dry and outcome == Outcome.ROTATED else ""
            self.stdout.write(f"{would}{words}: {counted[outcome]}")
