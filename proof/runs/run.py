"""What a run is: a name, what it proves, its work, and its size in each profile."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Generic, Protocol, TypeVar

from proof.audit import audit
from proof.clients.applications import use
from proof.clients.sending import Sender
from proof.findings import Findings
from proof.ledger import Ledger
from proof.rig import Rig

PROFILES = ("gate", "night", "release")


class Ground(Protocol):
    """What runs are done on: the rig, or the cluster."""

    random: Random
    ledger: Ledger

    def begin(self, name: str) -> None:
        """Begin a run: with empty tables, an empty ledger, and chance as the seed makes it."""

    def sender(self) -> Sender:
        """Return what sends requests to the site."""


On = TypeVar("On", bound=Ground)


@dataclass(frozen=True)
class RunOn(Generic[On]):
    """One run. A profile that ``sizes`` does not name leaves it out."""

    name: str
    words: str
    work: Callable[[On, Any], Findings]
    sizes: Mapping[str, Any]
    #: Whether the database and the ledger are audited at the end.
    is_audited: bool = True

    def do(self, rig: On, size: Any, *, name: str = "") -> Findings:
        """Do it on empty tables, and audit what is left. Another ``name`` names the ledger."""
        began = time.monotonic()
        rig.begin(name or self.name)
        found = self.work(rig, size)
        if self.is_audited:
            look_at_tokens(rig)
            found.audit += audit(rig.ledger)
        found.seconds = time.monotonic() - began
        return found


class Run(RunOn[Rig]):
    """One run on the rig."""


#: So many tokens are looked at; more would cost minutes after a long run.
_MOST_LOOKS = 2000


def look_at_tokens(rig: Ground) -> None:
    """Use access tokens that were received once more, alone, so that the audit knows which are taken."""
    texts = list(rig.ledger.access_tokens.values())
    sender = rig.sender()
    for one in rig.random.sample(texts, min(len(texts), _MOST_LOOKS)):
        use(sender, one, flow="last look")
