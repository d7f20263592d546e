"""``python manage.py service_token_create``: make a service token and show it, this once."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from oauthcore import conf
from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.flows.service_tokens.service_tokens import TooManyServiceTokens, make
from oauthcore.management.arguments import TypedCommand, moment, size, uuid
from oauthcore.management.service_tokens import described

_OPTIONS = {
    "label": "name",
    "scopes": "--scope",
    "contact": "--contact",
    "expires_at": "--expires",
    "allowed_networks": "--network",
    "max_request_bytes": "--max-bytes",
    "account_uuid": "account",
}


class Command(TypedCommand):
    """Prints the token once; it cannot be shown again."""

    help = "Make a service token for an account, or for a site without accounts, and print it, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        is_optional: dict[str, Any] = {} if conf.settings().has_accounts else {"nargs": "?"}
        parser.add_argument(
            "account",
            type=uuid,
            help="the UUID of the account whose data it works on; left out on a site without accounts",
            **is_optional,
        )
        parser.add_argument("name", help="what uses it, such as: Nightly export")
        parser.add_argument(
            "--scope", action="append", default=[], help="what it may do, one at least; repeat for more"
        )
        parser.add_argument(
            "--network",
            action="append",
            default=[],
            help="an address or CIDR it may be used from; repeat (default: any)",
        )
        parser.add_argument(
            "--nowhere", action="store_true", help="no address at all, until staff name networks"
        )
        parser.add_argument("--max-bytes", type=size, help="the largest request it may send: 512, 64KB, 10MB")
        parser.add_argument(
            "--expires", type=moment, help="when it ends: in so many days, a date or a time (default: never)"
        )
        parser.add_argument("--contact", default="", help="the e-mail address that is told before it expires")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it; raise CommandError naming each argument that is wrong."""
        networks = options["network"]
        if not options["scope"]:
            raise CommandError("Error: the following arguments are required: --scope")
        if networks and options["nowhere"]:
            raise CommandError("--nowhere does not go with --network.")
        limits = Limits(
            label=options["name"],
            scopes=frozenset(options["scope"]),
            contact=options["contact"],
            expires_at=options["expires"],
            allowed_networks=tuple(networks) if networks or options["nowhere"] else None,
            max_request_bytes=options["max_bytes"],
        )
        try:
            token, secret = make(options["account"], limits, staff=None)
        except ValidationError as error:
            raise CommandError(_in_words(error)) from None
        except TooManyServiceTokens:
            full = "account" if options["account"] else "site"
            raise CommandError(f"The {full} has as many live service tokens as one may have.") from None
        if options["json"]:
            self.stdout.write(json.dumps({**described(token), "token": secret.reveal()}))
            return
        self.stdout.write(f"uuid:  {token.uuid}\ntoken: {secret.reveal()}")
        self.stdout.write("Keep the token now: only its digest is stored, and it cannot be shown again.")


def _in_words(error: ValidationError) -> str:
    return "\n".join(
        f"{_OPTIONS.get(field, field)}: {' '.join(messages)}"
        for field, messages in error.message_dict.items()
    )
