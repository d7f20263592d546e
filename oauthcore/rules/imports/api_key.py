"""Keys of djangorestframework-api-key: ``prefix.secret``, stored as SHA-512.

Version 2 stored a slow hash by one of Django's password hashers. It does not give the digest of the key. Such
a key is found by its prefix, and its hash is checked once.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from oauthcore.rules.imports.purposes import purpose_digest

SOURCE = "api-key"
_SHA512 = re.compile(r"sha512\$\$([0-9a-f]{128})")
#: ``algorithm$…``: what Django's password hashers store.
_DJANGO_HASH = re.compile(r"[a-z][a-z0-9_]*\$.+")
#: Prefixes have 8 characters; a generator of the site's own may make others.
_PREFIX = re.compile(r"[!-\-/-~]{1,32}")


@dataclass(frozen=True)
class StoredKey:
    """How a key is found: by its digest or, until it has been used, by its prefix and a slow hash."""

    digest: bytes
    encoded: str | None = field(default=None, repr=False)


def stored_key(prefix: str, hashed_key: str) -> StoredKey:
    """Return how the key of a row is found; raise ValueError if the row is damaged."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError("its prefix is not 1 to 32 printable ASCII characters without spaces and dots")
    fast = _SHA512.fullmatch(hashed_key)
    if fast is not None:
        return StoredKey(purpose_digest(SOURCE, "sha512", bytes.fromhex(fast[1])))
    if hashed_key.startswith("sha512$") or not _DJANGO_HASH.fullmatch(hashed_key):
        raise ValueError("its hashed_key is neither SHA-512 nor of a password hasher of Django")
    return StoredKey(_by_prefix(prefix), hashed_key)


def digest_of_text(text: str) -> bytes:
    """Return the digest here of a key that somebody shows."""
    shown = hashlib.sha512(text.encode("utf-8", "surrogatepass"))
    return purpose_digest(SOURCE, "sha512", shown.digest())


def digest_of_prefix(text: str) -> bytes | None:
    """Return the digest that finds the slow hash of a key, or None for a text that is no key."""
    prefix, dot, _ = text.partition(".")
    return _by_prefix(prefix) if dot and _PREFIX.fullmatch(prefix) else None


def _by_prefix(prefix: str) -> bytes:
    return purpose_digest(SOURCE, "prefix", prefix.encode())
