"""Threads that send at the same instant, or again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tests.support.races.crowd import Crowd


@contextmanager
def crowd_of(size: int) -> Iterator[Crowd]:
    """Make a crowd that goes home at the end. Its threads may use Django's connections too."""
    crowd = Crowd(size)
    try:
        yield crowd
    finally:
        crowd.leave()


@contextmanager
def meanwhile(
    acts: Sequence[Callable[[], object]], faults: list[str], *, pause_seconds: float
) -> Iterator[None]:
    """Do each act again and again, on a thread of its own, as long as the block lasts.

    One that raises is noted in ``faults``, and goes on: its thread would end unseen.
    """
    is_over = threading.Event()

    def go_on(act: Callable[[], object]) -> None:
        while not is_over.wait(pause_seconds):
            try:
                act()
            except Exception as broken:
                faults.append(f"a client broke: {type(broken).__name__}: {broken}")

    threads = [threading.Thread(target=go_on, args=(act,), daemon=True) for act in acts]
    for one in threads:
        one.start()
    try:
        yield
    finally:
        is_over.set()
        for one in threads:
            one.join()
