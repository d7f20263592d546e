"""``python manage.py lift_limits``: let somebody sign in again who has tried too often."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from oauthcore.flows.sign_in.lifting_limits import lift_limits
from oauthcore.limiter import REMEMBERED_FOR
from oauthcore.rules.wire.networks import Address, parse_address


class Command(BaseCommand):
    """Safe at any time. Nothing else ends a limit but its own time."""

    help = "Forget the tries of a login, of an address, or both."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--login", help="a username or an e-mail address")
        parser.add_argument(
            "--address", type=_address, help="the network address of the person who has to wait"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Lift the limits; raise CommandError where nothing was named."""
        login, address = options["login"], options["address"]
        if login is None and address is None:
            raise CommandError("Name a --login, an --address, or both.")
        lifted = lift_limits(login=login, address=address)
        self.stdout.write(f"limits lifted: {lifted}")
        if lifted:
            self.stdout.write(f"Every process of the site knows it within {REMEMBERED_FOR} seconds.")


def _address(text: str) -> Address:
    address = parse_address(text)
    if address is None:
        raise ArgumentTypeError("give an IPv4 or IPv6 address")
    return address
