"""Mutants: deliberately broken builds of the product, one at a time, which the rig must catch.

They are put in place when the site under proof starts, and act in requests that name them: ``Proof-Mutant``.
"""

from __future__ import annotations

from proof.mutants import of_endings, of_single_use, of_storing
from proof.mutants.mutant import Mutant, chosen, put_in_place

__all__ = ["HEADER", "MUTANTS", "Mutant", "chosen", "install"]

HEADER = "Proof-Mutant"
MUTANTS: tuple[Mutant, ...] = (*of_single_use.MUTANTS, *of_endings.MUTANTS, *of_storing.MUTANTS)


def install() -> None:
    """Put every mutant in its place. None of them acts until a request names it."""
    for one in MUTANTS:
        put_in_place(one)
