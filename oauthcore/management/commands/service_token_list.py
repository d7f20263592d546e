"""``python manage.py service_token_list``: which service tokens there are, and when each was last used."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from oauthcore.flows.service_tokens.lists import Listed, Wanted, listed, matching
from oauthcore.management.arguments import TypedCommand, days, uuid
from oauthcore.management.progress import shown
from oauthcore.management.service_tokens import described, printable
from oauthcore.models import ServiceToken
from oauthcore.rules.oauth.scopes import render
from oauthcore.rules.text.sizes import shown_size
from oauthcore.rules.wire.moments import to_the_minute, with_offset


class Command(TypedCommand):
    """Shows no secret: the last four characters are what one is recognised by."""

    help = "List live service tokens, with their limits and their last use."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--account", type=uuid, help="those of this account only")
        parser.add_argument("--unused", type=days, metavar="DAYS", help="not used in the last so many days")
        parser.add_argument("--expiring", type=days, metavar="DAYS", help="that expire within so many days")
        restricted = parser.add_mutually_exclusive_group()
        restricted.add_argument(
            "--restricted",
            action="store_true",
            default=None,
            dest="is_restricted",
            help="tied to networks",
        )
        restricted.add_argument(
            "--unrestricted",
            action="store_false",
            default=None,
            dest="is_restricted",
            help="that may be used from anywhere",
        )
        parser.add_argument("--ended", action="store_true", help="also those that ended or expired")
        parser.add_argument("--json", action="store_true", help="print a JSON object a line, one for each")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each."""
        now = timezone.now()
        wanted = Wanted(
            account_uuid=options["account"],
            unused_days=options["unused"],
            expiring_days=options["expiring"],
            is_restricted=options["is_restricted"],
            with_ended=options["ended"],
        )
        tokens = matching(wanted, now=now)
        total = tokens.count() if self.stderr.isatty() else 0
        for one in shown(listed(tokens, now=now), total=total, results=self.stdout, progress=self.stderr):
            self.stdout.write(json.dumps(_as_object(one)) if options["json"] else _as_line(one))


def _as_object(one: Listed) -> dict[str, Any]:
    token = one.token
    return {
        **described(token),
        "hints": list(one.hints),
        "last_used_at": with_offset(one.last_used_at),
        "last_used_from": one.last_used_from,
        "revoked_at": with_offset(token.revoked_at),
        "revoked_reason": token.revoked_reason,
    }


def _as_line(one: Listed) -> str:
    token = one.token
    used = f"used {to_the_minute(one.last_used_at)}" if one.last_used_at else "never used"
    parts = [
        str(token.uuid),
        printable(token.label),
        " ".join(f"…{hint}" for hint in one.hints) or "-",
        f"account {token.account_uuid}" if token.account_uuid else "the whole site",
        render(token.scopes),
        used + (f" from {one.last_used_from}" if one.last_used_from else ""),
        _ending(token),
        _from_where(token),
    ]
    if token.max_request_bytes is not None:
        parts.append(f"up to {shown_size(token.max_request_bytes)}")
    return "  ".join(parts)


def _ending(token: ServiceToken) -> str:
    if token.revoked_at is not None:
        return f"revoked {to_the_minute(token.revoked_at)} ({printable(token.revoked_reason)})"
    if token.expires_at is None:
        return "never expires"
    return f"expires {to_the_minute(token.expires_at)}"


def _from_where(token: ServiceToken) -> str:
    networks = token.allowed_networks
    return "from anywhere" if networks is None else f"from {', '.join(networks) or 'nowhere'}"
