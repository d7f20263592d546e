"""What the commands for service tokens share: how one is shown, and doing something to each of several."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from oauthcore.flows.service_tokens.lists import Wanted, matching
from oauthcore.management.arguments import TypedCommand, uuid
from oauthcore.management.progress import shown
from oauthcore.models import ServiceToken
from oauthcore.rules.oauth.scopes import render
from oauthcore.rules.wire.moments import with_offset


def printable(text: str) -> str:
    """Return a name without what a terminal would obey."""
    return "".join(one if one.isprintable() else "?" for one in text)


def described(token: ServiceToken) -> dict[str, Any]:
    """Return what scripts are told of a service token, whatever was done to it."""
    return {
        "uuid": str(token.uuid),
        "name": token.label,
        "account_uuid": str(token.account_uuid) if token.account_uuid else None,
        "scopes": render(token.scopes).split(),
        "contact": token.contact,
        "created_at": with_offset(token.created_at),
        "expires_at": with_offset(token.expires_at),
        "allowed_networks": token.allowed_networks,
        "max_request_bytes": token.max_request_bytes,
    }


class Failed(Exception):
    """It was not done to this one; the message says why."""


class EachTokenCommand(TypedCommand):
    """A command that does something to each service token that is named, or to all of an account or site.

    What fails is said on standard error, the others are done all the same, and the exit status tells.
    """

    #: What is done, and what was: ``rotate``, ``rotated``.
    verb = ""
    participle = ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments that say which ones."""
        parser.add_argument("token", nargs="*", type=uuid, help="the UUID of a service token; several")
        parser.add_argument(
            "--all-of", type=uuid, metavar="ACCOUNT", help="instead: every live one of this account"
        )
        parser.add_argument(
            "--whole-site", action="store_true", help="instead: every live one that is for no account"
        )
        parser.add_argument(
            "--noinput",
            action="store_false",
            dest="is_interactive",
            help="with --all-of and --whole-site: do not ask first",
        )
        parser.add_argument("--json", action="store_true", help="print a JSON object a line, one for each")

    def act(self, token: ServiceToken, options: dict[str, Any]) -> dict[str, Any]:
        """Do it to one, and return what is to be said of it beside its description; raise Failed."""
        raise NotImplementedError

    def line(self, told: dict[str, Any]) -> str:
        """Return what is printed for people of one that it was done to."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it to each; raise CommandError where it could not be done to all."""
        if [bool(options[name]) for name in ("token", "all_of", "whole_site")].count(True) != 1:
            raise CommandError(
                "Name service tokens by their UUIDs, or an account with --all-of, or --whole-site."
            )
        uuids = list(dict.fromkeys(options["token"])) or self._all_of(options)
        each = shown(uuids, total=len(uuids), results=self.stdout, progress=self.stderr)
        failed = sum(not self._one(one, options) for one in each)
        if failed:
            raise CommandError(f"{failed} of {len(uuids)} could not be {self.participle}.")

    def _all_of(self, options: dict[str, Any]) -> Sequence[UUID]:
        is_whole_site = options["whole_site"]
        wanted = Wanted(has_account=False) if is_whole_site else Wanted(account_uuid=options["all_of"])
        found = matching(wanted, now=timezone.now())
        uuids = list(found.order_by("pk").values_list("uuid", flat=True))
        if uuids and options["is_interactive"] and not self._is_meant(len(uuids)):
            raise CommandError("Nothing was changed.")
        return uuids

    def _is_meant(self, count: int) -> bool:
        self.stderr.write(f"This will {self.verb} {count} service tokens. Type yes to go on:", ending=" ")
        self.stderr.flush()
        try:
            return input() == "yes"
        except EOFError:
            return False

    def _one(self, uuid: UUID, options: dict[str, Any]) -> bool:
        try:
            token = ServiceToken.objects.filter(uuid=uuid).first()
            if token is None:
                raise Failed("there is no such service token")
            told = self.act(token, options)
        except (Failed, DatabaseError) as problem:
            why = str(problem) if isinstance(problem, Failed) else "the database refused it"
            if options["json"]:
                self.stdout.write(json.dumps({"uuid": str(uuid), "error": why}))
            self.stderr.write(f"{uuid}: {why}")
            return False
        told = {**described(token), **told}
        # At once: a secret that was made and never shown would be lost with the command.
        self.stdout.write(json.dumps(told) if options["json"] else self.line(told))
        self.stdout.flush()
        return True
