"""Password hashers for tests: one that is watched at work, and two of one kind of which one works harder."""

from __future__ import annotations

from django.contrib.auth.hashers import MD5PasswordHasher, PBKDF2PasswordHasher
from django.db import connection

#: For each password hashed since a test cleared it: whether a transaction was open meanwhile.
hashed: list[bool] = []
#: The same of the older hasher.
hashed_by_older: list[bool] = []


class Watched(MD5PasswordHasher):
    """Notes each time it hashes."""

    algorithm = "watched"

    def encode(self, password: str, salt: str) -> str:
        hashed.append(connection.in_atomic_block)
        encoded: str = super().encode(password, salt)
        return encoded


class OfLastYear(PBKDF2PasswordHasher):
    """What passwords were stored with; notes each time it hashes, too."""

    iterations = 1000

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        hashed_by_older.append(connection.in_atomic_block)
        encoded: str = super().encode(password, salt, iterations)
        return encoded


class OfThisYear(PBKDF2PasswordHasher):
    """The same with more iterations, as each release of Django brings it."""

    iterations = 2000
