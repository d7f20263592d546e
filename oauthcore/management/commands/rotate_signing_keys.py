"""``python manage.py rotate_signing_keys``: make, rotate and withdraw the keys that JWTs are signed with."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from oauthcore.flows.keys.rotation import NotRotated, published, rotate
from oauthcore.management.arguments import TypedCommand
from oauthcore.models import SigningKey
from oauthcore.rules.wire.moments import to_the_minute, with_offset


class Command(TypedCommand):
    """Safe beside the running site and beside another copy of itself. It shows no private key."""

    help = "Let the next signing key sign, retire the current one, and make another next key."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--list", action="store_true", help="change nothing, and list the keys")
        parser.add_argument(
            "--if-missing", action="store_true", help="do nothing where a key signs: for a deployment"
        )
        parser.add_argument(
            "--withdraw",
            action="store_true",
            help="somebody else may have the current key: withdraw it, and let the next one sign at once",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, or list; raise CommandError where nothing was rotated that should have been."""
        if sum(options[name] for name in ("list", "if_missing", "withdraw")) > 1:
            raise CommandError("--list, --if-missing and --withdraw do not go together.")
        now = timezone.now()
        keys = published(now=now)
        steps: tuple[str, ...] = ()
        is_there = any(key.state == SigningKey.State.CURRENT for key in keys)
        if not (options["list"] or (options["if_missing"] and is_there)):
            try:
                rotation = rotate(now=now, is_urgent=options["withdraw"])
            except NotRotated as refused:
                raise CommandError(f"{refused} Nothing was changed.") from None
            keys, steps = rotation.keys, rotation.steps
        if options["json"]:
            self.stdout.write(json.dumps({"steps": list(steps), "keys": [_as_object(key) for key in keys]}))
        else:
            lines = [*steps, *map(_as_line, keys)]
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
    return f"{key.kid}  {key.state:8} made {to_the_minute(key.created_at)}{until}"
