"""Findings: what is wrong, why, how to mend it, and where the documentation explains it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from django.core.checks import messages

#: At most this many rows are counted for a finding, as in the lists of the admin.
MOST_COUNTED = 10_000
#: At most this many of them are named.
MOST_NAMED = 5


class Level(IntEnum):
    """How much a finding matters, with the numbers of Django's checks."""

    INFO = messages.INFO
    WARNING = messages.WARNING
    ERROR = messages.ERROR


@dataclass(frozen=True)
class _Texts:
    """What kinds and findings say: what is wrong, why, how to mend it, and where it is explained."""

    id: str
    level: Level
    what: str
    why: str
    mend: str
    docs: str


@dataclass(frozen=True)
class Finding(_Texts):
    """One thing that is wrong or unused. It never holds a secret."""

    count: int | None = None
    named: tuple[str, ...] = ()

    @property
    def is_cut(self) -> bool:
        """Whether there are more than ``count``."""
        return self.count is not None and self.count > MOST_COUNTED

    @property
    def counted(self) -> int | None:
        """How many rows it is about: ``MOST_COUNTED`` at the most."""
        return None if self.count is None else min(self.count, MOST_COUNTED)


@dataclass(frozen=True)
class Kind(_Texts):
    """A kind of finding. Its texts may have places that ``found`` fills."""

    def found(self, *, count: int | None = None, named: Iterable[object] = (), **details: object) -> Finding:
        """Return a finding of this kind."""
        what, why, mend = (text.format(**details) for text in (self.what, self.why, self.mend))
        shown = tuple(printable(str(one)) for one in list(named)[:MOST_NAMED])
        return Finding(self.id, self.level, what, why, mend, self.docs, count, shown)


@dataclass(frozen=True)
class Circumstances:
    """What the questions know: the time, and which findings there are already."""

    now: datetime
    found: frozenset[str] = field(default_factory=frozenset)

    def knows(self, *ids: str) -> bool:
        """Return whether one of these was found before, so that its consequences need no finding."""
        return not self.found.isdisjoint(ids)


def printable(text: str) -> str:
    """Return a text without characters that a terminal would obey."""
    return "".join(one if one.isprintable() else "?" for one in text)
