"""Proof Key for Code Exchange (RFC 7636), S256 only: the one method OAuth 2.1 keeps."""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from hashlib import sha256

from oauthcore.rules.errors import InvalidGrant, InvalidRequest

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}\Z")
_S256_CHALLENGE = re.compile(r"[A-Za-z0-9\-_]{43}\Z")


def challenge_of(code_verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636 §4.2)."""
    return urlsafe_b64encode(sha256(code_verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def require_challenge(code_challenge: str | None, method: str | None) -> str:
    """Return the challenge of an authorization request that must have one (RFC 7636 §4.3, OAuth 2.1 §4.1.1).

    A missing method means ``plain``, which is not accepted and never silently taken for S256.
    Raises InvalidRequest, saying what to send.
    """
    if code_challenge is None:
        raise InvalidRequest("Send code_challenge with code_challenge_method=S256 (PKCE, RFC 7636).")
    if method != "S256":
        raise InvalidRequest(
            "Send code_challenge_method=S256; a missing method means plain, which is refused."
        )
    if not _S256_CHALLENGE.match(code_challenge):
        raise InvalidRequest(
            "code_challenge is not the base64url SHA-256 of a verifier: 43 characters, no padding."
        )
    return code_challenge


def verify(code_challenge: str, code_verifier: str | None) -> None:
    """Raise InvalidGrant unless the verifier belongs to the challenge (RFC 7636 §4.6).

    A verifier for a code that was asked for without a challenge is a downgrade, and refused (RFC 9700
    §4.8.2).
    """
    if not code_challenge:
        if code_verifier is not None:
            raise InvalidGrant("a code_verifier was sent, but no code_challenge: downgrade")
        return
    if code_verifier is None:
        raise InvalidGrant("code_verifier is missing")
    if not _VERIFIER.match(code_verifier):
        raise InvalidGrant("code_verifier is not 43 to 128 unreserved characters")
    if not hmac.compare_digest(challenge_of(code_verifier), code_challenge):
        raise InvalidGrant("code_verifier does not belong to the code_challenge")
