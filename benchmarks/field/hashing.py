"""The password hash, counted apart: the sites hash with one iteration, and count how often they do."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager

from django.contrib.auth.hashers import BasePasswordHasher, PBKDF2PasswordHasher, ScryptPasswordHasher


class Hashes(AbstractContextManager["Hashes"]):
    """Counts the hashes that the process makes in this context."""

    made = 0
    _counting: Hashes | None = None

    def __enter__(self) -> Hashes:
        Hashes._counting = self
        return self

    def __exit__(self, *_: object) -> None:
        Hashes._counting = None

    @classmethod
    def note(cls) -> None:
        if cls._counting is not None:
            cls._counting.made += 1


class OneIteration(PBKDF2PasswordHasher):
    """Django's own hasher with no work in it."""

    algorithm = "one_iteration"
    iterations = 1

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        Hashes.note()
        return super().encode(password, salt, iterations)


def milliseconds() -> dict[str, float]:
    """Return what one hash really takes, as Django is installed."""
    hashers: dict[str, BasePasswordHasher] = {
        "PBKDF2, Django's default": PBKDF2PasswordHasher(),
        "scrypt": ScryptPasswordHasher(),
    }
    return {name: _best_of(hasher) for name, hasher in hashers.items()}


def _best_of(hasher: BasePasswordHasher, times: int = 5) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter_ns()
        hasher.encode("the password of a person", "a salt of 22 character")
        taken.append((time.perf_counter_ns() - started) / 1_000_000)
    return min(taken)
