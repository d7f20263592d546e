"""Proof Key for Code Exchange (RFC 7636): S256, and ``plain`` for legacy applications."""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from oauthcore.rules.errors.oauth import InvalidGrant, InvalidRequest
from oauthcore.rules.text.hidden_text import HiddenText

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}\Z")
_S256_CHALLENGE = re.compile(r"[A-Za-z0-9\-_]{43}\Z")


def challenge_of(code_verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636 §4.2)."""
    return urlsafe_b64encode(sha256(code_verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


@dataclass(frozen=True)
class Challenge:
    """The challenge that a code is bound to, and its method. Both are empty if no challenge was sent."""

    text: str = ""
    method: str = ""


def require_challenge(code_challenge: str | None, method: str | None) -> Challenge:
    """Return the challenge of an authorization request that must have one (RFC 7636 §4.3, OAuth 2.1 §4.1.1).

    A missing method means ``plain``, and ``plain`` is refused. Raises InvalidRequest, which says what to
    send.
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
    return Challenge(code_challenge, "S256")


def accept_challenge(
    code_challenge: str | None, method: str | None, *, is_required: bool = False
) -> Challenge:
    """Return the challenge of a legacy application's request, or an empty challenge if none was sent.

    ``plain`` is accepted, and it is the default method (RFC 7636 §4.3). Raises InvalidRequest for an
    ill-formed challenge, for a method without challenge, and for a missing challenge if it ``is_required``.
    """
    if code_challenge is None:
        if method is not None or is_required:
            raise InvalidRequest("Send code_challenge with its code_challenge_method (PKCE, RFC 7636).")
        return Challenge()
    if method not in (None, "plain"):
        return require_challenge(code_challenge, method)
    if not _VERIFIER.match(code_challenge):
        raise InvalidRequest("A plain code_challenge is the verifier: 43 to 128 unreserved characters.")
    return Challenge(code_challenge, "plain")


def verify(challenge: Challenge, code_verifier: HiddenText | None) -> None:
    """Raise InvalidGrant unless the verifier belongs to the challenge (RFC 7636 §4.6).

    A verifier is refused if the code has no challenge: that would be a downgrade (RFC 9700 §4.8.2).
    """
    if not challenge.text:
        if code_verifier is not None:
            raise InvalidGrant("a code_verifier was sent, but no code_challenge: downgrade")
        return
    if code_verifier is None:
        raise InvalidGrant("code_verifier is missing")
    clear = code_verifier.reveal()
    if not _VERIFIER.match(clear):
        raise InvalidGrant("code_verifier is not 43 to 128 unreserved characters")
    shown = clear if challenge.method == "plain" else challenge_of(clear)
    if not hmac.compare_digest(shown.encode(), challenge.text.encode()):
        raise InvalidGrant("code_verifier does not belong to the code_challenge")
