"""Key rotation: seeds under an older key are encrypted again with the first key.

It needs no lock, and can be stopped and started at any point: each seed is one conditional UPDATE, and seeds
under the first key are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from oauthcore.models import TOTPFactor, UnreadableSeed

#: So many rows are read at once.
_BATCH = 500


class Outcome(StrEnum):
    """What became of one seed."""

    ROTATED = "rotated"
    CURRENT = "current"
    #: The person has set up another one since it was read.
    REPLACED = "replaced"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Rotation:
    """One person's seed, and what became of it."""

    factor: TOTPFactor
    outcome: Outcome


def how_many() -> int:
    """Return how many seeds there are."""
    return TOTPFactor.objects.count()


def rotate_keys(*, is_dry: bool) -> Iterator[Rotation]:
    """Encrypt every seed with the first of the keys, and yield them one by one; a dry run changes nothing.

    Seeds that wait to be confirmed are among them. Those made meanwhile are under the first key anyway.
    """
    rows, last = TOTPFactor.objects.order_by("pk"), 0
    while batch := list(rows.filter(pk__gt=last)[:_BATCH]):
        for factor in batch:
            yield Rotation(factor, _rotate(factor, is_dry=is_dry))
        last = batch[-1].pk


def _rotate(factor: TOTPFactor, *, is_dry: bool) -> Outcome:
    try:
        if factor.is_under_first_key():
            return Outcome.CURRENT
    except UnreadableSeed:
        return Outcome.UNREADABLE
    if is_dry or factor.encrypt_anew():
        return Outcome.ROTATED
    return Outcome.REPLACED
