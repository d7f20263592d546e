"""The claims of a JWT: its times, its audience and its identifier (RFC 7519 §4.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from oauthcore.rules.jose.problems import InvalidJWT

#: How many seconds the clock of the maker of a JWT may be ahead of ours.
LEEWAY = 30
#: The most characters of a claim that names something.
LONGEST_NAME = 255


def check_lifetime(claims: Mapping[str, Any], *, now: float, most: int, is_dated: bool = False) -> float:
    """Return when a JWT expires, in Unix seconds. Raises InvalidJWT if ``exp``, ``nbf`` or ``iat`` is wrong.

    It may expire at most ``most`` seconds after ``iat`` or, without ``iat``, after ``now``. ``is_dated``
    makes ``iat`` required.
    """
    expires, made, begins = (_moment(claims, name) for name in ("exp", "iat", "nbf"))
    if expires is None:
        raise InvalidJWT("the JWT never expires")
    if made is None and is_dated:
        raise InvalidJWT("the JWT does not say when it was made")
    if expires <= now:
        raise InvalidJWT("the JWT has expired")
    if max(made or 0, begins or 0) > now + LEEWAY:
        raise InvalidJWT("the JWT does not stand yet")
    longest_from = now if made is None else made
    if expires - longest_from > most:
        raise InvalidJWT(f"the JWT stands for more than {most} seconds")
    return expires


def check_made(claims: Mapping[str, Any], *, now: float, oldest: int) -> float:
    """Return ``iat`` in Unix seconds. Raises InvalidJWT unless it is at most ``oldest`` seconds ago."""
    made = _moment(claims, "iat")
    if made is None:
        raise InvalidJWT("the JWT does not say when it was made")
    if not now - oldest <= made <= now + LEEWAY:
        raise InvalidJWT("the JWT was made too long ago, or is not made yet")
    return made


def check_audience(claims: Mapping[str, Any], ours: Collection[str]) -> None:
    """Raise InvalidJWT unless ``aud`` is one text that is in ``ours``."""
    if text(claims, "aud", longest=2048) not in ours:
        raise InvalidJWT("the JWT is meant for somebody else")


def text(claims: Mapping[str, Any], name: str, *, longest: int = LONGEST_NAME) -> str:
    """Return a required claim. Raises InvalidJWT if it is missing, not a text or too long."""
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise InvalidJWT(f"the claim {name} is missing, no text, or too long")
    return value


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if name in claims and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
        raise InvalidJWT(f"the claim {name} is no moment")
    return None if value is None else value
