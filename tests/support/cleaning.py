"""Running the clean-up."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command


def clean_up(*arguments: str) -> dict[str, int]:
    out = StringIO()
    call_command("oauthcore_cleanup", *arguments, stdout=out)
    return {name: int(count) for name, count in (line.split(": ") for line in out.getvalue().splitlines())}
