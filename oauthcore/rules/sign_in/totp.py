"""Time-based one-time passwords: six digits of SHA-1, a step every 30 seconds (RFC 6238, RFC 4226)."""

from __future__ import annotations

import base64
import re
import secrets
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP = 30
DIGITS = 6
_GROUPS = re.compile(r"[0-9]+(?: [0-9]+)*")
_KEY_BYTES = 20  # 160 bits, as long as SHA-1's output (RFC 4226 §4, R6)


def new_key() -> bytes:
    """Make a key of 160 bits from the operating system."""
    return secrets.token_bytes(_KEY_BYTES)


def key_as_text(key: bytes) -> str:
    """Return the key as people type it into an app: 32 characters of base32."""
    return base64.b32encode(key).decode()


def key_from_text(text: str) -> bytes:
    """Return the key of a base32 text; raise ValueError if it is not base32."""
    return base64.b32decode(text)


def is_code(text: str) -> bool:
    """Return whether a text is six ASCII digits (``int`` would accept full-width digits too)."""
    return len(text) == DIGITS and text.isascii() and text.isdigit()


def as_typed(text: str) -> str:
    """Return a code without the single spaces that people and apps put between groups of digits."""
    typed = text.strip()
    return typed.replace(" ", "") if _GROUPS.fullmatch(typed) else typed


def code_at(key: bytes, step: int) -> str:
    """Return the code of a time step."""
    return _totp(key).generate(step * STEP).decode()


def matching_step(key: bytes, code: str, *, now: float, after: int) -> int | None:
    """Return the time step the code belongs to, one step of drift allowed either way, or None.

    Only steps later than ``after`` count, so a code accepted once is never accepted again (RFC 6238 §5.2).
    """
    if not is_code(code):
        return None
    current = int(now) // STEP
    found = [step for step in (current, current - 1, current + 1) if step >= 0 and _is_at(key, step, code)]
    return next((step for step in found if step > after), None)


def _is_at(key: bytes, step: int, code: str) -> bool:
    return compare_digest(code_at(key, step), code)


def provisioning_uri(key: bytes, *, issuer: str, account: str) -> str:
    """Return the ``otpauth://`` address that authenticator apps read from a QR code."""
    # Apps show a plus as a plus, so a space must be %20. A real plus is %2B already.
    return _totp(key).get_provisioning_uri(account, issuer).replace("+", "%20")


def _totp(key: bytes) -> TOTP:
    return TOTP(key, DIGITS, SHA1(), STEP)  # noqa: S303 - the algorithm that every app knows
