"""The form of the site's secrets, and PKCE (RFC 7636 §4.6), worked out from bits."""

from __future__ import annotations

import hashlib
import string

from tests.support.by_hand import Refused

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BASE64_URL = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_UNRESERVED = set(string.ascii_letters + string.digits + "-._~")


def kind_of(text: str, leads: dict[str, str]) -> str:
    """Return the kind whose lead it has: then come 43 characters (86 for ``refresh``), and the checksum."""
    for kind, lead in leads.items():
        random, checksum = text[len(lead) : -6], text[-6:]
        length = 86 if kind == "refresh" else 43
        is_random = len(random) == length and set(random) <= set(_BASE64_URL)
        if text[: len(lead)] == lead and is_random and checksum == base62(crc_32(text[:-6])):
            return kind
    raise Refused


def crc_32(text: str) -> int:
    """Return the CRC-32 of ISO 3309, bit by bit."""
    rest = 0xFFFFFFFF
    for byte in text.encode():
        rest ^= byte
        for _ in range(8):
            rest = rest >> 1 ^ (0xEDB88320 if rest & 1 else 0)
    return rest ^ 0xFFFFFFFF


def base62(number: int) -> str:
    """Return six digits."""
    return "".join(_BASE62[number // 62**place % 62] for place in range(5, -1, -1))


def s256(verifier: str) -> str:
    """Return the challenge of a verifier."""
    bits = "".join(
        f"{byte:08b}" for byte in hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).digest()
    )
    return "".join(_BASE64_URL[int(f"{bits[at : at + 6]:0<6}", 2)] for at in range(0, 256, 6))


def opens(challenge: str, method: str, verifier: str | None) -> bool:
    """Return whether a verifier opens the code of a challenge; without one, none is allowed."""
    if not challenge:
        return verifier is None
    if verifier is None or not 43 <= len(verifier) <= 128 or not set(verifier) <= _UNRESERVED:
        return False
    return (verifier if method == "plain" else s256(verifier)) == challenge
