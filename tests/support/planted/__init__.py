"""Violations of what the audit of the rig asks for, planted in rows and in the ledger.

Where a constraint of the database forbids one, it could not be planted: docs/proof.md names those.
"""

from __future__ import annotations

from tests.support.planted import lifetimes_and_events, sign_in, tokens
from tests.support.planted.lifetimes_and_events import jwt_in_clear, password_in_clear, secret_in_clear
from tests.support.planted.rows import PLANTS

__all__ = [
    "PLANTS",
    "jwt_in_clear",
    "lifetimes_and_events",
    "password_in_clear",
    "secret_in_clear",
    "sign_in",
    "tokens",
]
