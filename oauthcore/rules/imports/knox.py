"""Tokens of Knox: a hexadecimal digest, and only the beginning of the text."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta

from oauthcore.rules.imports.purposes import purpose_digest

SOURCE = "knox"
#: The algorithms of ``SECURE_HASH_ALGORITHM`` that are read, by name, each with the length of its digest.
ALGORITHMS = {"sha512": 128, "sha384": 96, "sha256": 64, "sha3_512": 128, "sha3_256": 64, "blake2b": 128}
_HEXADECIMAL = re.compile(r"[0-9a-f]+")


def algorithm_called(path: str) -> str:
    """Return the name of the algorithm in ``SECURE_HASH_ALGORITHM``: ``hashlib.sha512`` is ``sha512``.

    Raises ValueError for an algorithm that is not read.
    """
    name = path.removeprefix("hashlib.").removeprefix("openssl_").lower()
    if name not in ALGORITHMS:
        raise ValueError(f"SECURE_HASH_ALGORITHM is {path}. Only these are read: {', '.join(ALGORITHMS)}.")
    return name


def stored_digest(digest: str, algorithm: str) -> bytes:
    """Return the digest here of a token that Knox stores as ``digest``; raise ValueError if it is damaged."""
    if len(digest) != ALGORITHMS[algorithm] or not _HEXADECIMAL.fullmatch(digest):
        raise ValueError(f"its digest is not {ALGORITHMS[algorithm]} hexadecimal digits")
    return purpose_digest(SOURCE, algorithm, bytes.fromhex(digest))


def digests_of_text(text: str) -> tuple[bytes, ...]:
    """Return the digests here that a token may have which somebody shows: one for each algorithm."""
    shown = text.encode("utf-8", "surrogatepass")
    return tuple(purpose_digest(SOURCE, one, hashlib.new(one, shown).digest()) for one in ALGORITHMS)


def end_of(
    expiry: datetime | None,
    *,
    created_at: datetime,
    renewed_until: datetime | None,
    most: timedelta | None,
) -> datetime | None:
    """Return when a token ends: at its expiry, or later where Knox would have renewed it at each use.

    ``most`` is ``AUTO_REFRESH_MAX_TTL``, after which Knox renews no token. None is never.
    """
    if expiry is None or renewed_until is None:
        return expiry
    latest = renewed_until if most is None else min(renewed_until, created_at + most)
    return max(expiry, latest)
