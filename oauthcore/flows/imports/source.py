"""What a source of imported tokens implements. A source is one package, and one module beside this one.

A module ``flows/imports/<package>.py`` has a function ``stages(options)``, and a line in ``MODULES`` of
``flows.imports.sources`` names it. The function looks at the tables of the package: ``flows.imports.tables``
makes models of them, or raises ``Damaged``. It returns its stages, in the order in which they are written.
A stage is one table, read along its primary key:

- ``what`` names its rows in the report: ``"access tokens"``.
- ``rows`` is a queryset of the table. The runner orders it, cuts it into batches, and reads ``values`` of the
  columns in ``columns``; a row is a dict with them and ``"pk"``.
- ``take(rows, tally)`` turns a batch of rows into values. It writes nothing, and it depends on nothing that
  an earlier stage has written, because a dry run writes nothing. Of each row it does one of three things: it
  returns an entry, calls ``tally.leave(reason)`` for what the site does not need or cannot have, or calls
  ``tally.damage(row, reason)`` for what the package cannot have written. ``tally.note(reason)`` reports
  what is taken, but not whole.
- ``check(entries, tally)`` compares them with other rows of the site, such as people, and reports damage.
- ``write(entries, tally)`` writes the entries, in the transaction of the batch. ``write_grants`` in
  ``flows.imports.grants`` is the default: its entries are ``rules.imports.values.ImportedGrant``, and it
  makes of them grants and tokens, once however often it runs.

The runner (``flows.imports.run``) does the rest: a first pass reads and takes everything, and stops the
import if anything is damaged. The second pass takes again and writes, batch by batch, with the cursor in
``Import``.
So a source knows nothing of cursors, transactions, progress and reports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from oauthcore.flows.imports.grants import check_grants, write_grants
from oauthcore.flows.imports.tally import Tally

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Options:
    """What the command line says, and the time. A source reads what it needs."""

    #: When this run began: what ended before it is left.
    now: datetime
    #: When the first run began. Lifetimes that the package leaves open count from here, so that a second run
    #: finds the same ends.
    first_run_at: datetime
    #: When this run began, before it was interrupted if it was. Rows may have been read at any time since.
    began_at: datetime
    #: The account that tokens work on, where the package knows none.
    account_uuid: UUID | None = None
    #: The scopes of tokens, where the package knows none.
    scopes: frozenset[str] = frozenset()
    #: When tokens end, where the package says nothing.
    expires_at: datetime | None = None
    #: Every other option of the command that a source declares, by its name.
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """One table of a package: how its rows are read, taken and written."""

    what: str
    rows: QuerySet[Model]
    columns: tuple[str, ...]
    take: Callable[[Sequence[Row], Tally], Sequence[Any]]
    check: Callable[[Sequence[Any], Tally], None] = check_grants
    write: Callable[[Sequence[Any], Tally], None] = write_grants
    #: Rows that ``rows`` does not have, and why: reason → queryset. They are only counted.
    passed_over: Mapping[str, QuerySet[Model]] = field(default_factory=dict)
