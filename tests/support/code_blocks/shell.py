"""Lines for a terminal: each program among them is one that we know how to check."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable, Iterator

from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError
from django.test import override_settings
from django.utils.module_loading import import_string

from tests.support.markdown import ROOT

CRON = re.compile(r"(?:[\d*/,-]+ ){5} ")
#: What stands in front of a command: an environment, and nothing that a shell would not know.
VARIABLE = re.compile(r"([A-Z_]+)=(\S*)")
#: Pages show the beginning of a UUID.
SHORT_UUID, UUID = re.compile(r"^[0-9a-f]{8}-…$"), "00000000-0000-4000-8000-000000000000"
WITHOUT_ACCOUNTS = {"ISSUER": "https://example.org"}
#: Programs of the system, which say nothing about us, and words of the shell.
OF_THE_SYSTEM = {"cd", "echo", "ssh", "cat", "mkdir", "chmod", "systemctl", "podman", "for", "do", "done"}
OF_THE_SYSTEM |= {"useradd", "export", "set", "."}
#: Where the production example lies on a server.
SERVER = "/srv/mysite/"


def check_shell(text: str) -> None:
    """Check each command of a block. A program that nobody checks here is an error."""
    for words in commands(text):
        program, *arguments = words
        program = program.removeprefix(SERVER)
        if program not in OF_THE_SYSTEM:
            assert program in PROGRAMS, f"nothing checks {program}"
            PROGRAMS[program](arguments)


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each command, without what is set for it alone or for the lines after it."""
    for words in commands_with_variables(text):
        while words and VARIABLE.fullmatch(words[0]):
            words.pop(0)
        if words:
            yield words


def commands_with_variables(text: str) -> Iterator[list[str]]:
    """Yield the words of each command, without crontab's times."""
    for words in _lines(text):
        command: list[str] = []
        for word in words:
            if word.endswith(";"):
                command += filter(None, [word[:-1]])
            elif word not in ("&&", "|"):
                command.append(word)
                continue
            if command:
                yield command
            command = []
        if command:
            yield command


def _lines(text: str) -> Iterator[list[str]]:
    """Yield the words of each line. A quoted word may go over several, and a backslash joins two."""
    begun = ""
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        begun += line
        try:
            words = shlex.split(CRON.sub("", begun), comments=True)
        except ValueError:
            begun += "\n"
        else:
            begun = ""
            yield words
    assert not begun, "a quotation has no end"


def _python(arguments: list[str]) -> None:
    if arguments[0] == "-c":
        compile(arguments[1], "-c", "exec")
        return
    if arguments[0] == "-m":
        assert arguments[1] in ("venv", "django", "pip"), arguments
        return
    if arguments[0] != "manage.py":
        assert re.fullmatch(r"\w+\.py", arguments[0]), arguments
        return
    name, *rest = [SHORT_UUID.sub(UUID, one) for one in arguments[1:]]
    app = get_commands()[name]
    command = app if isinstance(app, BaseCommand) else load_command_class(app, name)
    try:
        command.create_parser("manage.py", name).parse_args(rest)
    except CommandError:
        with override_settings(OAUTHCORE=WITHOUT_ACCOUNTS):  # an account is named where there are any
            command.create_parser("manage.py", name).parse_args(rest)


def _pip(arguments: list[str]) -> None:
    assert arguments[0] == "install", arguments
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for one in arguments[1:]:
        if one.startswith("requirements/"):
            assert (ROOT / one).is_file(), one
        if found := re.fullmatch(r"(?:\.\./)?oauthcore(?:\[([\w,]+)\])?", one):
            assert set(filter(None, (found[1] or "").split(","))) <= set(extras), one


def _cp(arguments: list[str]) -> None:
    *sources, _ = [one for one in arguments if not one.startswith("-")]
    assert [one for one in sources if not list(ROOT.glob(one))] == []


def _make(arguments: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in [one for one in arguments if "=" not in one]:
        assert re.search(rf"(?m)^{target}:", makefile), target


def _uvicorn(arguments: list[str]) -> None:
    assert callable(import_string(arguments[0].replace(":", ".")))


def _curl(arguments: list[str]) -> None:
    assert any(re.match(r"https?://", one) for one in arguments), arguments


def _django_admin(arguments: list[str]) -> None:
    assert arguments[0] in get_commands(), arguments


def _pytest(arguments: list[str]) -> None:
    assert all(one.startswith(("--ds=", "-")) or "/" in one for one in arguments), arguments


PROGRAMS: dict[str, Callable[[list[str]], None]] = {
    "python": _python,
    "python3": _python,
    ".venv/bin/python": _python,
    "pip": _pip,
    ".venv/bin/pip": _pip,
    "cp": _cp,
    "make": _make,
    "uvicorn": _uvicorn,
    ".venv/bin/uvicorn": _uvicorn,
    "curl": _curl,
    "django-admin": _django_admin,
    "pytest": _pytest,
}
