"""The packages that tokens are imported from, and the digest that each allows to compute of a text.

Each package stores something of its own: the text of a token, its SHA-256, or another digest. The base digest
is the one that import and lookup both can compute: SHA-256 of the text or, where only another digest is
stored, one of that digest (``rules.imports.purposes``). Refresh tokens of SimpleJWT are known by their
``jti`` (``rules.imports.simplejwt``), and not by their text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256

from oauthcore.rules.imports import api_key, knox

DJANGO_OAUTH_TOOLKIT = "django-oauth-toolkit"
SIMPLEJWT = "simplejwt"
KNOX = "knox"
AUTHTOKEN = "authtoken"
API_KEY = "api-key"

#: The scheme with which clients send the tokens of a source, beside Bearer.
SCHEMES: Mapping[str, str] = {KNOX: "Token", AUTHTOKEN: "Token", API_KEY: "Api-Key"}


def of_text(text: str) -> bytes:
    """Return the base digest for a package that stores the text, or its SHA-256."""
    return sha256(text.encode()).digest()


def _by_text(text: str) -> tuple[bytes, ...]:
    return (of_text(text),)


#: How the base digests are computed that a text may have, for each source.
BASE_DIGESTS: Mapping[str, Callable[[str], tuple[bytes, ...]]] = {
    DJANGO_OAUTH_TOOLKIT: _by_text,
    SIMPLEJWT: lambda _: (),
    KNOX: knox.digests_of_text,
    AUTHTOKEN: _by_text,
    API_KEY: lambda text: (api_key.digest_of_text(text),),
}
#: As many base digests as a text has with all sources switched on.
MOST_BASES = 2 + len(knox.ALGORITHMS)

SOURCES = tuple(BASE_DIGESTS)


def base_digests(text: str, sources: Iterable[str]) -> tuple[bytes, ...]:
    """Return the base digests that a text has for these sources, each once."""
    return tuple(dict.fromkeys(base for name in sources for base in BASE_DIGESTS[name](text)))


def schemes_of(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the schemes beside Bearer with which tokens of these sources are sent."""
    return tuple(dict.fromkeys(SCHEMES[name] for name in sources if name in SCHEMES))
