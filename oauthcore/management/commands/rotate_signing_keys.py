"""``python manage.py rotate_signing_keys``: make, rotate and withdraw the keys that JWTs are signed with."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from oauthcore.flows.keys.rotation import NotRotated, Rotation, missing, published, rotate
from oauthcore.management.arguments import TypedCommand
from oauthcore.models import SigningKey
from oauthcore.rules.jose.private_keys import ALGORITHMS
from oauthcore.rules.wire.moments import to_the_minute, with_offset


class Command(TypedCommand):
    """Safe beside the running site and beside another copy of itself. It shows no private key."""

    help = (
        "For each algorithm let the next signing key sign, retire the current one, and make another next key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--list", action="store_true", help="change nothing, and list the keys")
        parser.add_argument(
            "--if-missing",
            action="store_true",
            help="make keys only for an algorithm that has none: for a deployment",
        )
        parser.add_argument(
            "--withdraw",
            action="store_true",
            help="somebody else may have the current keys: withdraw them, and let the next ones sign at once",
        )
        parser.add_argument(
            "--algorithm", choices=ALGORITHMS, help="only the keys for this one; otherwise for each in use"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, or list; raise CommandError where nothing was rotated that should have been."""
        if sum(options[name] for name in ("list", "if_missing", "withdraw")) > 1:
            raise CommandError("--list, --if-missing and --withdraw do not go together.")
        now = timezone.now()
        chosen = [options["algorithm"]] if options["algorithm"] else None
        if options["if_missing"]:
            chosen = [one for one in missing(now=now) if chosen is None or one in chosen]
        rotation = Rotation((), published(now=now))
        if not options["list"] and chosen != []:
            try:
                rotation = rotate(now=now, is_urgent=options["withdraw"], algorithms=chosen)
            except NotRotated as refused:
                raise CommandError(f"{refused} Nothing was changed.") from None
        if options["json"]:
            keys = [_as_object(key) for key in rotation.keys]
            self.stdout.write(
                json.dumps({"steps": [*rotation.steps], "left": [*rotation.left], "keys": keys})
            )
        else:
            lines = [*rotation.steps, *rotation.left, *map(_as_line, rotation.keys)]
            self.stdout.write("\n".join(lines) or "There are no signing keys.")


def _as_object(key: SigningKey) -> dict[str, Any]:
    return {
        "kid": key.kid,
        "algorithm": key.algorithm,
        "state": key.state,
        "created_at": with_offset(key.created_at),
        "signs_since": with_offset(key.signs_since),
        "published_until": with_offset(key.published_until),
    }


def _as_line(key: SigningKey) -> str:
    until = f", published until {to_the_minute(key.published_until)}" if key.published_until else ""
    return f"{key.kid}  {key.algorithm}  {key.state:8} made {to_the_minute(key.created_at)}{until}"
