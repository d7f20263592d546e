"""What a mutant is, and how it takes the place of something of the product while a request names it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any

_chosen: ContextVar[str] = ContextVar("proof_mutant", default="")

#: Takes the arguments of what it replaces, and that itself as the first.
Broken = Callable[..., Any]


@dataclass(frozen=True)
class Mutant:
    """A broken build: which run has to catch it, at what size, and what it puts in the place of what.

    ``caught_by`` is a part of what the run, or its audit, has to say of it. Another fault does not count: a
    build that only breaks down is no proof that the rig sees what this one does.
    ``places`` are objects and names of their attributes, such as a class and its method.
    """

    name: str
    words: str
    run: str
    caught_by: str
    size: dict[str, Any]
    places: Callable[[], list[tuple[Any, str, Broken]]]


@contextmanager
def chosen(name: str) -> Iterator[None]:
    """Let a mutant act until the end of the block; no name chooses none."""
    token = _chosen.set(name)
    try:
        yield
    finally:
        _chosen.reset(token)


def put_in_place(mutant: Mutant) -> None:
    """Replace what it breaks by something that asks whether it is chosen."""
    for owner, attribute, broken in mutant.places():
        original = getattr(owner, attribute)
        setattr(owner, attribute, _either(mutant.name, original, broken))


def _either(name: str, original: Callable[..., Any], broken: Broken) -> Callable[..., Any]:
    @wraps(original)
    def act(*args: Any, **values: Any) -> Any:
        if _chosen.get() == name:
            return broken(original, *args, **values)
        return original(*args, **values)

    return act
