"""The process in which instructions are counted; ``benchmarks.instructions`` starts it under Valgrind.

Its arguments are ``count`` or ``profile``, and the names of operations.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Iterator
from itertools import cycle
from types import FrameType
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings as django_settings

from benchmarks import callgrind

if TYPE_CHECKING:
    from benchmarks.products import Operation

CALLS_TO_WARM_UP = 24  # Python adapts its code to what it has seen, psycopg and PostgreSQL keep statements
FEW, MANY = 4, 16
"""How many calls the two runs have. What is not a call is the same in both, and is not in the difference."""
EMPTY_CALLS = 21
"""How often functions that do nothing are called, to learn what the watching itself takes."""

Event = tuple[str, str, int, str]
"""What happened, and the file, line and name of the function it happened to."""


def main(act: str, names: list[str]) -> None:
    """Prepare the operations, wait, and run them; print what the profile's counts belong to."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    # After some writes a thread cleans up, which would be counted as well, in some runs and not in others.
    django_settings.OAUTHCORE = {**django_settings.OAUTHCORE, "CLEANUP_ON_WRITES": 0}
    from benchmarks.ours import write_counts
    from oauthcore.recording.writing import writer

    wanted = [operation for operation in operations() if operation.name in names]
    for operation in wanted:
        call(operation, CALLS_TO_WARM_UP)
    writer.end()  # its thread would be counted as well
    gc.collect()
    gc.freeze()
    gc.disable()  # when it collects depends on what ran before
    print(callgrind.READY, flush=True)
    sys.stdin.readline()
    for operation in wanted:
        for calls in (FEW, FEW, MANY):
            call(operation, calls)
    if act == "profile":
        print(json.dumps(profile(wanted[0])))
    write_counts()


def operations() -> Iterator[Operation]:
    """Yield what is counted, on a connection with prepared statements."""
    from benchmarks import database
    from benchmarks.ours import OAuthCore
    from benchmarks.people import create_users
    from benchmarks.products import Operations, plain_operations
    from benchmarks.report import OURS

    database.use(database.open_connection(database.PREPARED))
    enough = CALLS_TO_WARM_UP + 2 * FEW + MANY + 1
    ours = Operations(OAuthCore(OURS, cycle(create_users(enough))), tokens_of_each=enough)
    ours.populate()
    database.settle()
    yield from plain_operations()
    yield ours.plain_view("/ours/plain")
    yield from ours


def call(operation: Operation, calls: int) -> None:
    """Run an operation so many times, between two marks, and check the answers outside of them."""
    from benchmarks.requests import send

    requests = operation.prepare(calls)
    callgrind.begin()
    answers = [send(operation.handler, request) for request in requests]
    callgrind.end()
    for answer in answers:
        operation.check(answer)


def profile(operation: Operation) -> list[Event]:
    """Run an operation once with a mark at each event of Python's profiler; return the events.

    Calls of functions that do nothing come first, of one in Python and of one in C.
    """
    from benchmarks.requests import send

    (request,) = operation.prepare(1)
    events: list[tuple[str, FrameType, Any]] = []

    def note(
        frame: FrameType,
        event: str,
        argument: Any,
        end: Any = callgrind.end,
        begin: Any = callgrind.begin,
        add: Any = events.append,
    ) -> None:
        end()
        add((event, frame, argument))
        begin()

    sys.setprofile(note)
    for _ in range(EMPTY_CALLS):
        do_nothing()
    for _ in range(EMPTY_CALLS):
        callable(None)
    answer = send(operation.handler, request)
    sys.setprofile(None)
    operation.check(answer)
    return [_named(*event) for event in events]


def do_nothing() -> None:
    """Stand for a call of a function in Python."""


def _named(event: str, frame: FrameType, argument: Any) -> Event:
    if event.startswith("c_"):
        of = getattr(argument, "__module__", None) or type(getattr(argument, "__self__", None)).__module__
        return event, f"<{of}>", 0, argument.__qualname__
    code = frame.f_code
    return event, code.co_filename, code.co_firstlineno, getattr(code, "co_qualname", code.co_name)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
