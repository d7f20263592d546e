"""``python manage.py service_token_rotate``: new secrets for service tokens, the old ones for a while."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from oauthcore.flows.service_tokens.service_tokens import rotate
from oauthcore.flows.tokens.rotation_overlaps import USUAL_OVERLAP
from oauthcore.management.arguments import duration
from oauthcore.management.service_tokens import EachTokenCommand, Failed, printable
from oauthcore.models import ServiceToken


class Command(EachTokenCommand):
    """Prints each new secret once; it cannot be shown again."""

    help = "Give service tokens a new secret each, and print it, this once."
    verb, participle = "rotate", "rotated"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "--overlap",
            type=duration,
            default=USUAL_OVERLAP,
            help="how long the secret before lives on: 30m, 12h, 7d, or 0 (default: 1d)",
        )

    def act(self, token: ServiceToken, options: dict[str, Any]) -> dict[str, Any]:
        """Rotate one."""
        secret = rotate(token, overlap=options["overlap"], staff=None)
        if secret is None:
            raise Failed("it has ended or expired")
        return {"token": secret.reveal(), "overlap_seconds": int(options["overlap"].total_seconds())}

    def line(self, told: dict[str, Any]) -> str:
        """Return the UUID, the new secret and the name."""
        return f"{told['uuid']}  {told['token']}  {printable(told['name'])}"
