"""``python manage.py oauthcore_cleanup``: remove rows that can no longer matter. Run it once a day."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from oauthcore.flows.upkeep.cleanup import KEEP, clean_up
from oauthcore.management.arguments import TypedCommand
from oauthcore.rules.text.numbers import whole_number


class Command(TypedCommand):
    """Safe at any time, beside the running site and beside another copy of itself."""

    help = "Remove expired tokens, grants that ended long ago, and other rows that can no longer matter."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--keep-days",
            type=_whole_number(0),
            default=KEEP.days,
            help=f"for how many days ended grants and deleted applications stay (default: {KEEP.days})",
        )
        parser.add_argument(
            "--batch-size",
            type=_whole_number(1),
            default=10_000,
            help="how many rows one transaction removes at most; fewer where that takes more than a quarter"
            " of a second (default: 10000)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Clean up, and print a line for each sort of rows."""
        keep = timedelta(days=options["keep_days"])
        for removed in clean_up(now=timezone.now(), keep=keep, batch_size=options["batch_size"]):
            if options["verbosity"] > 0:
                self.stdout.write(f"{removed.what}: {removed.count}")


def _whole_number(least: int) -> Any:
    def read(text: str) -> int:
        number = whole_number(text)
        if number is None or not least <= number <= 10_000:
            raise ArgumentTypeError(f"give a whole number from {least} to 10000")
        return number

    return read
