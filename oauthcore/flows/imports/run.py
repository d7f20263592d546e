"""Running an import: everything is read first, then written in batches, each with the cursor after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from oauthcore.flows.imports.source import Options, Row, Stage
from oauthcore.flows.imports.sources import stages_of
from oauthcore.flows.imports.tally import MOST_DAMAGE, Tally
from oauthcore.models import Import, imports
from oauthcore.models.database import atomic, retried
from oauthcore.rules.imports.values import Damaged

#: How many rows one transaction takes.
BATCH = 1000


class RunsElsewhere(Exception):
    """Another run of the same import has written meanwhile."""


@dataclass
class Counts:
    """What a run did to the rows of one stage."""

    taken: int = 0
    known: int = 0
    left: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)

    def add(self, tally: Tally) -> None:
        """Add the tally of a batch."""
        self.taken += tally.taken
        self.known += tally.known
        for mine, its in ((self.left, tally.left), (self.notes, tally.notes)):
            for reason, count in its.items():
                mine[reason] = mine.get(reason, 0) + count


@dataclass
class Report:
    """What a run did, or in a dry run would do: stage → counts."""

    source: str
    is_dry: bool
    stages: dict[str, Counts] = field(default_factory=dict)
    #: Whether an earlier run was interrupted, and this one went on.
    is_resumed: bool = False
    last_ends_at: datetime | None = None
    never_ends: bool = False

    def of(self, what: str) -> Counts:
        """Return the counts of a stage."""
        return self.stages.setdefault(what, Counts())


Progress = Callable[[str, int], Callable[[int], None]]


def _silent(what: str, total: int) -> Callable[[int], None]:
    return lambda _: None


def run(
    source: str,
    options: Options,
    *,
    is_dry: bool = False,
    batch_size: int = BATCH,
    progress: Progress = _silent,
) -> Report:
    """Import from a package; return what was taken, left and why.

    The first pass reads every row and writes nothing. Raises Damaged, which names rows and reasons, if one of
    them cannot be what the package wrote; then nothing is written. A run that was interrupted goes on after
    its last batch. Raises RunsElsewhere if two runs write at once.
    """
    row = _begun(source, options, is_dry=is_dry)
    began_at = row.started_at if row.cursor else options.now
    options = replace(options, first_run_at=row.first_started_at, began_at=began_at)
    stages = stages_of(source)(options)
    before = row.cursor.get("stage", 0)
    report = _check(row, stages, batch_size, progress)
    report.is_dry = is_dry
    if is_dry:
        return report
    row = _taken(row, now=options.now)
    for number in range(before, len(stages)):
        stage = stages[number]
        advance = progress(f"writing {stage.what}", stage.rows.count())
        after = row.cursor["after"]
        for rows in _batches(stage, after, batch_size):
            row = _write(row, stage, rows, number)
            advance(len(rows))
        row = _next_stage(row, stage, number + 1)
    return _finished(row, stages, is_resumed=report.is_resumed)


def _begun(source: str, options: Options, *, is_dry: bool) -> Import:
    found = Import.objects.filter(source=source).first()
    if found is not None:
        return found
    values = {"first_started_at": options.now, "started_at": options.now}
    if is_dry:
        return Import(source=source, **values)
    return Import.objects.get_or_create(source=source, defaults=values)[0]


@retried
def _taken(row: Import, *, now: datetime) -> Import:
    """Begin to write, or go on, and return the row; refuse if another run has written since it was read."""
    with atomic():
        held = _held(row)
        if held.finished_at != row.finished_at:
            raise RunsElsewhere(f"another run of the import from {row.source} has just ended")
        if not held.cursor:
            held.counts, held.started_at, held.finished_at = {}, now, None
        held.cursor = held.cursor or {"stage": 0, "after": None}
        held.save(update_fields=["cursor", "counts", "started_at", "finished_at"])
    return held


def _check(row: Import, stages: Sequence[Stage], batch_size: int, progress: Progress) -> Report:
    """Read and take every row that is still to be written; raise Damaged if any of them is damaged."""
    report = Report(row.source, is_dry=True, is_resumed=bool(row.cursor))
    damaged: list[str] = []
    first = row.cursor.get("stage", 0)
    for number, stage in enumerate(stages[first:], start=first):
        advance = progress(f"reading {stage.what}", stage.rows.count())
        after = row.cursor.get("after") if number == first else None
        report.of(stage.what).add(_passed_over(stage))
        for rows in _batches(stage, after, batch_size):
            tally = Tally()
            entries = stage.take(rows, tally)
            stage.check(entries, tally)
            tally.taken = len(entries)
            report.of(stage.what).add(tally)
            damaged += tally.damaged
            advance(len(rows))
    if damaged:
        raise Damaged("\n".join(damaged[:MOST_DAMAGE]))
    return report


def _batches(stage: Stage, after: Any, size: int) -> Iterator[Sequence[Row]]:
    """Yield the rows after a key, along the primary key: each batch begins where the last one ended."""
    while True:
        ordered = stage.rows.order_by("pk")
        ordered = ordered if after is None else ordered.filter(pk__gt=after)
        rows = _read(stage, ordered, size)
        if not rows:
            return
        after = rows[-1]["pk"]
        yield rows


def _read(stage: Stage, ordered: Any, size: int) -> list[Row]:
    """Read a batch. A value that is not of its column's type is damage, and the row is named."""
    try:
        return list(ordered.values("pk", *stage.columns)[:size])
    except (TypeError, ValueError) as problem:
        keys = ordered.values_list("pk", flat=True)[:size]
        found = next(filter(None, (_unreadable(stage, key) for key in keys)), str(problem))
        raise Damaged(found) from None


def _unreadable(stage: Stage, key: Any) -> str | None:
    try:
        stage.rows.filter(pk=key).values(*stage.columns).first()
    except (TypeError, ValueError) as problem:
        return f"row {key} of {stage.rows.model._meta.db_table}: a value cannot be read ({problem})"
    return None


@retried
def _write(row: Import, stage: Stage, rows: Sequence[Row], number: int) -> Import:
    """Write a batch and move the cursor, in one transaction; return the row of the import as it is then."""
    tally = Tally()
    entries = stage.take(rows, tally)
    if tally.damaged:
        raise Damaged("\n".join(tally.damaged))
    with atomic():
        held = _held(row)
        stage.write(entries, tally)
        counts = _counts(held, stage.what)
        counts.add(tally)
        held.counts[stage.what] = vars(counts)
        held.cursor = {"stage": number, "after": _as_json(rows[-1]["pk"])}
        held.never_ends = held.never_ends or tally.never_ends
        if tally.ends_at is not None and (held.last_ends_at is None or tally.ends_at > held.last_ends_at):
            held.last_ends_at = tally.ends_at
        held.save()
    return held


def _next_stage(row: Import, stage: Stage, number: int) -> Import:
    tally = _passed_over(stage)
    with atomic():
        held = _held(row)
        counts = _counts(held, stage.what)
        counts.add(tally)
        held.counts[stage.what] = vars(counts)
        held.cursor = {"stage": number, "after": None}
        held.save()
    return held


def _passed_over(stage: Stage) -> Tally:
    tally = Tally()
    for reason, rows in stage.passed_over.items():
        if count := rows.count():
            tally.left[reason] = count
    return tally


def _held(row: Import) -> Import:
    """Lock the row of the import; refuse if another run has moved its cursor."""
    held = Import.objects.select_for_update().get(pk=row.pk)
    if held.cursor != row.cursor:
        raise RunsElsewhere(f"another run of the import from {row.source} is under way")
    return held


def _finished(row: Import, stages: Sequence[Stage], *, is_resumed: bool) -> Report:
    with atomic():
        held = _held(row)
        held.cursor, held.finished_at = {}, timezone.now()
        held.save()
    imports.forget()
    in_order = [stage.what for stage in stages]  # databases keep the members of JSON in orders of their own
    return Report(
        held.source,
        is_dry=False,
        stages={what: Counts(**held.counts[what]) for what in in_order},
        is_resumed=is_resumed,
        last_ends_at=held.last_ends_at,
        never_ends=held.never_ends,
    )


def _counts(row: Import, what: str) -> Counts:
    stored: Mapping[str, Any] = row.counts.get(what, {})
    return Counts(**stored)


def _as_json(key: Any) -> Any:
    return key if isinstance(key, int) else str(key)
