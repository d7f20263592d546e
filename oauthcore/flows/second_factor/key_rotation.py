"""Key rotation: seeds under an older key are encrypted again with the first key.

It needs no lock, and can be stopped and started at any point: each seed is one conditional UPDATE, and seeds
under the first key are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from oauthcore.models import TOTPFactor, UnreadableSeed

#: The number of rows that are read at a time.
_BATCH = 500


class Outcome(StrEnum):
    """The result for one seed."""

    ROTATED = "rotated"
    CURRENT = "current"
    #: The person replaced the seed after it was read.
    REPLACED = "replaced"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Rotation:
    """One person's seed, and the result for it."""

    factor: TOTPFactor
    outcome: Outcome


def how_many() -> int:
    """Return how many seeds there are."""
    return TOTPFactor.objects.count()


def rotate_keys(*, is_dry: bool) -> Iterator[Rotation]:
    """Encrypt every seed with the first key, and yield the results one by one. A dry run changes nothing.

    This includes unconfirmed seeds. Seeds that are made meanwhile use the first key anyway.
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
