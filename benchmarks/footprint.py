"""``python -m benchmarks.footprint``: what a request passes through, in files and calls of oauthcore.

It counts and measures no time, so that the numbers are the same on every machine. The reference site answers,
with all its middleware, on a SQLite database that is removed afterwards.
"""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FrameType
from typing import TYPE_CHECKING

import django
from django.core.management import call_command

import oauthcore

if TYPE_CHECKING:
    from benchmarks.products import Operation

REQUESTS = 7
"""Three before the one whose statements are counted and the three whose calls are."""
OUR_FILES = str(Path(oauthcore.__file__).parent) + os.sep
INSIDE_A_FUNCTION = {"<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>"}
COLUMNS = ("files", "calls", "changes of file", "calls of all code", "SQL")
GOALS = {"code": (20, 110), "GET /v1/me": (15, 110)}
"""The most files and calls that these requests should pass through."""
MOST_CALLS = {
    "GET /v1/me": 780,
    "client credentials": 810,
    "code": 1195,
    "refresh": 1155,
    "introspection": 830,
}
"""The most calls of all code that a request takes. They are close to what it takes now, and only go down."""


@dataclass
class Footprint:
    """What one request passed through. A comprehension is a part of its function, and no call."""

    files: set[str] = field(default_factory=set)
    calls: int = 0
    changes_of_file: int = 0
    calls_of_all_code: int = 0
    statements: int = 0
    _last_file: str = ""

    def __enter__(self) -> Footprint:
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name not in INSIDE_A_FUNCTION:
            self._add(frame.f_code)

    def _add(self, code: CodeType) -> None:
        self.calls_of_all_code += 1
        if not code.co_filename.startswith(OUR_FILES):
            return
        self.files.add(code.co_filename)
        self.calls += 1
        self.changes_of_file += code.co_filename != self._last_file
        self._last_file = code.co_filename

    @property
    def cells(self) -> tuple[int, ...]:
        """The numbers of its row."""
        return len(self.files), self.calls, self.changes_of_file, self.calls_of_all_code, self.statements


def main() -> None:
    """Print the table."""
    with TemporaryDirectory() as folder:
        set_up(folder)
        from benchmarks.ours import write_counts
        from benchmarks.reference_site import operations

        widths = [max(len(name), 6) for name in COLUMNS]
        print_row("", COLUMNS, widths)
        for operation in operations(REQUESTS):
            print_row(operation.name, footprint_of(operation).cells, widths)
        for name, (files, calls) in GOALS.items():
            print(f"goal of {name}: at most {files} files and {calls} calls")
        write_counts()


def print_row(name: str, cells: tuple[object, ...], widths: list[int]) -> None:
    """Print one row of the table."""
    print(f"{name:<32}", *(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)), sep="  ")


def set_up(folder: str) -> None:
    """Set Django up as the reference site, on an empty database in a folder."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["OAUTHCORE_TEST_DATABASE_URL"] = f"sqlite:///{folder}/footprint.sqlite3"
    django.setup()
    logging.getLogger("oauthcore").setLevel(logging.WARNING)  # the table stands alone
    call_command("migrate", verbosity=0, skip_checks=True)


def footprint_of(operation: Operation) -> Footprint:
    """Return what a request passes through once imports and caches are there.

    It is the one of three with the fewest calls: what a process remembers for some seconds is read again in
    between, by the clock.
    """
    from benchmarks.ours import write_counts
    from benchmarks.requests import send
    from tests.support.statements import statements

    *others, counted, first, second, third = operation.prepare(REQUESTS)
    for request in others:
        operation.check(send(operation.handler, request))
    write_counts()  # or the thread that writes them does, and the next request has more to do
    with statements() as collected:
        operation.check(send(operation.handler, counted))
    footprints = []
    for request in (first, second, third):
        with Footprint(statements=len(collected)) as found:
            answer = send(operation.handler, request)
        operation.check(answer)
        footprints.append(found)
    return min(footprints, key=lambda one: one.calls_of_all_code)


if __name__ == "__main__":
    main()
