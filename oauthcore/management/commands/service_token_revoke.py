"""``python manage.py service_token_revoke``: end service tokens for good."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from oauthcore.flows.service_tokens.service_tokens import revoke
from oauthcore.management.service_tokens import EachTokenCommand, printable
from oauthcore.models import ServiceToken


class Command(EachTokenCommand):
    """Can be run again: what has ended before stays as it is."""

    help = "End service tokens for good, from the next request on."
    verb, participle = "revoke", "revoked"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "--reason", default="revoked on the command line", help="why, for the record (64 characters)"
        )

    def act(self, token: ServiceToken, options: dict[str, Any]) -> dict[str, Any]:
        """Revoke one."""
        return {"was_live": revoke(token, reason=options["reason"], staff=None)}

    def line(self, told: dict[str, Any]) -> str:
        """Return the UUID, what was done, and the name."""
        return f"{told['uuid']}  {'revoked' if told['was_live'] else 'had ended'}  {printable(told['name'])}"
