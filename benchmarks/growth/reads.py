"""What the database goes through for a request: rows and pages of memory, which no busy machine changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection, transaction

from benchmarks.products import Operation, UnexpectedAnswerError
from benchmarks.requests import send

_TRANSACTION = ("SAVEPOINT", "RELEASE", "ROLLBACK")
#: Everything else is explained: a statement that PostgreSQL cannot explain stops the run.
_NOT_EXPLAINED = (*_TRANSACTION, "SET ")


@dataclass(frozen=True)
class Found:
    """How many rows a list of the admin has found.

    ``is_cut`` says that it stopped counting there, ``is_search_cut`` that its search matched more
    applications or devices than are looked for.
    """

    count: int
    is_cut: bool = False
    is_search_cut: bool = False

    def __str__(self) -> str:
        return f"{self.count}{'+' if self.is_cut else ''}{' of the first' if self.is_search_cut else ''}"


@dataclass
class Reads:
    """Of one request: statements, the rows they went through, and pages of 8 KiB they looked at."""

    statements: int = 0
    rows: int = 0
    pages: int = 0
    #: What a list of the admin has found; None for every other page.
    found: Found | None = None
    #: The statement that went through the most rows.
    largest: str = ""
    largest_rows: int = -1


def reads_of(operation: Operation, calls: int = 3) -> Reads:
    """Return what the last of some calls made the database go through; each statement is run twice."""
    *others, last = operation.prepare(calls)
    for request in others:
        operation.check(send(operation.handler, request))
    explaining = Explaining()
    with connection.execute_wrapper(explaining):
        answer = send(operation.handler, last)
    operation.check(answer)
    explaining.reads.found = found_on(answer.body.decode(errors="replace"))
    return explaining.reads


def found_on(page: str) -> Found | None:
    """Return what a list of the admin, in English, says it has found; None for another page.

    Raises UnexpectedAnswerError if the list does not say how many rows it has.
    """
    paged = re.search(r'class="paginator"[^>]*>(.*?)</(?:p|nav)>', page, re.DOTALL)
    if paged is None:
        return None
    counts = re.findall(r"(\d+) [a-z]", re.sub(r"<[^>]*>", "", paged[1]))
    if not counts:
        raise UnexpectedAnswerError(f"a list without a number of rows: {paged[1][:100]!r}")
    return Found(int(counts[-1]), "There are more." in page, "The search matches more than" in page)


def rows_of(plan: dict[str, Any]) -> int:
    """Return how many rows a plan's scans went through, also those that they left out.

    A scan by a bitmap goes through the same rows twice, first in the index. They count once.
    """
    looked_at = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    looked_at += plan.get("Rows Removed by Index Recheck", 0)
    own = 0 if "Plans" in plan and "Relation Name" not in plan else looked_at * plan["Actual Loops"]
    in_bitmap, below = 0, 0
    for one in plan.get("Plans", ()):
        if one["Node Type"].startswith("Bitmap") and "Relation Name" not in one:
            in_bitmap += rows_of(one)
        else:
            below += rows_of(one)
    return max(round(own), in_bitmap) + below


class Explaining:
    """Runs each statement once more before, to see what it goes through, and undoes that."""

    def __init__(self) -> None:
        self.reads = Reads()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(_NOT_EXPLAINED):
            for one in params if many else [params]:
                self._note(sql, one)
        if not sql.startswith(_TRANSACTION):
            self.reads.statements += 1
        return execute(sql, params, many, context)

    def _note(self, sql: str, params: Any) -> None:
        reads = self.reads
        plan = explain(sql, params)
        rows = rows_of(plan)
        reads.rows += rows
        reads.pages += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        if rows > reads.largest_rows:
            reads.largest, reads.largest_rows = sql, rows


def explain(sql: str, params: Any) -> Any:
    """Return the plan of a statement with what running it took; what it changed is undone."""
    with transaction.atomic():
        cursor: Any = psycopg.ClientCursor(connection.connection)
        with cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
            plan = cursor.fetchone()[0][0]["Plan"]
        transaction.set_rollback(True)
    return plan
