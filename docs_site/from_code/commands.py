"""Every management command, with what ``--help`` prints of it."""

from __future__ import annotations

import os
from unittest import mock

from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from docs_site.from_code.markdown import first_sentence


def names() -> list[str]:
    """Return the names of the commands of oauthcore."""
    return sorted(name for name, app in get_commands().items() if app == "oauthcore")


def page() -> str:
    """Return the page."""
    return (
        "# Management commands, read from the code\n\n"
        "What `python manage.py COMMAND --help` prints, without the options of every command.\n"
        "[Management commands](commands.md) explains them, with examples.\n\n"
        + "\n".join(map(_section, names()))
    )


def _section(name: str) -> str:
    command = load_command_class("oauthcore", name)
    with mock.patch.dict(os.environ, {"COLUMNS": "100", "NO_COLOR": "1"}):
        parser = command.create_parser("manage.py", name)
        inherited = {one.dest for one in BaseCommand().create_parser("manage.py", name)._actions}
        for action in parser._actions:
            if action.dest in inherited:
                action.help = "==SUPPRESS=="
        text = parser.format_help().rstrip()
    return f"## `{name}`\n\n{first_sentence(str(command.help))}\n\n```text\n{text}\n```\n"
