"""Removing the first rows of a sort in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError
from django.db.models import OuterRef, Q, QuerySet

from oauthcore.flows.upkeep.pace import LONGEST
from oauthcore.models.database import atomic, is_lock_refused, limited_lock_waits, retried
from oauthcore.models.deletion import delete, go_together
from oauthcore.models.lookups import Keys, has, lock_first

Rows = QuerySet[Any]

#: How many rows under each row one transaction removes, at most, on average.
_UNDER_EACH = 5


@dataclass(frozen=True)
class Sort:
    """One sort of rows. ``rows`` returns them, and may ask the database for the condition.

    What is ``under`` grants goes with them or before them, by name; a grant of which something is left stays.
    Those that ``stay`` only lose what is under them.
    """

    what: str
    rows: Callable[[], Rows]
    under: Mapping[str, Rows] = field(default_factory=dict)
    stay: Q | None = None

    @property
    def whats(self) -> list[str]:
        """The names of all that goes."""
        return [*self.under, self.what]


@dataclass(frozen=True)
class Batch:
    """What one transaction removed. At most one of the two says how to go on."""

    removed: Counter[str]
    #: The last key, if there may be more rows behind it.
    goes_on_behind: Any = None
    #: There was more under the rows than one transaction removes.
    is_to_be_repeated: bool = False


def remove_batch(sort: Sort, rows: Rows, most: int) -> Batch:
    """Remove the first of the rows in one transaction, without those that others have locked."""
    if sort.under and go_together(rows.model):
        try:
            batch = _remove_together(sort, rows, most)
        except DatabaseError as error:
            if not is_lock_refused(error):
                raise
        else:
            if batch is not None:
                return batch
    return _remove_in_turn(sort, rows, most)


@retried
def _remove_together(sort: Sort, rows: Rows, most: int) -> Batch | None:
    """Remove rows with what is under them, which takes half the time where the database deletes that itself.

    Return None, and remove nothing, if that is too much for one transaction, or if a row has to stay. What is
    under them is counted before: beside another clean-up some of it may be counted twice.

    It waits for those who have locked what is under a row, for as long as a transaction of another clean-up
    takes, and raises DatabaseError then. A refresh locks a token first, and wants its grant next: after a
    second (``deadlock_timeout``) PostgreSQL would refuse one of the two.
    """
    removed, most_under = Counter[str](), most * _UNDER_EACH
    with atomic():
        keys = lock_first(rows, most)
        if not keys.count:
            return Batch(removed)
        for what, under in sort.under.items():
            # A column of the index that is looked in, so that no row has to be read.
            below = under.filter(keys.among("grant_id")).values("grant_id")
            removed[what] = below[:most_under].count()
            if removed[what] == most_under:
                return None
        if sort.stay is not None and _with_keys(rows, keys).filter(sort.stay).exists():
            return None
        with limited_lock_waits(seconds=LONGEST):
            removed[sort.what] = delete(rows.model, keys)
    return Batch(removed, keys.last if keys.count == most else None)


@retried
def _remove_in_turn(sort: Sort, rows: Rows, most: int) -> Batch:
    """Remove what is under rows, without what others have locked, and then the rows with nothing left."""
    removed, most_under = Counter[str](), most * _UNDER_EACH
    with atomic():
        keys = lock_first(rows, most)
        left: list[Rows] = []
        for what, under in sort.under.items() if keys.count else ():
            below = under.filter(keys.among("grant_id"))
            locked = lock_first(below, most_under)
            removed[what] = delete(under.model, locked) if locked.count else 0
            if locked.count == most_under:
                return Batch(removed, is_to_be_repeated=True)
            if below.exists():
                left.append(under)
        going = _going(sort, _with_keys(rows, keys), keys, left)
        gone = {under.model for under in sort.under.values()}
        removed[sort.what] = delete(rows.model, going, gone=gone) if going.count else 0
    return Batch(removed, keys.last if keys.count == most else None)


def _with_keys(rows: Rows, keys: Keys) -> Rows:
    found: Rows = rows.model._default_manager.filter(keys.among("pk"))
    return found


def _going(sort: Sort, rows: Rows, keys: Keys, left: list[Rows]) -> Keys:
    """Return which of the locked rows go: not those that stay, and not those with something left."""
    stay = [] if sort.stay is None else [sort.stay]
    stay += [has(under.filter(grant=OuterRef("pk"))) for under in left]
    are_all = not left and (sort.stay is None or not rows.filter(sort.stay).exists())
    return keys if are_all else lock_first(rows.filter(*(~one for one in stay)), keys.count)
