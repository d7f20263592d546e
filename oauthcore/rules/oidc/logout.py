"""Logging out: the address after it, and what a logout token says.

OpenID Connect RP-Initiated Logout §2, OpenID Connect Back-Channel Logout §2.4.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from oauthcore.rules.oauth.answer_parameters import without_answer_parameters

#: The ``typ`` of a logout token (OpenID Connect Back-Channel Logout §2.4).
LOGOUT_TOKEN = "logout+jwt"
#: The event in a logout token.
EVENT = "http://schemas.openid.net/event/backchannel-logout"
#: For how many seconds a logout token is valid.
LIFETIME = 120


def answer_to(redirect_uri: str, state: str) -> str:
    """Return the address to which the browser goes after a logout, with the state of the request."""
    address = without_answer_parameters(redirect_uri)
    if not state:
        return address
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode({'state': state}, quote_via=quote)}"


def logout_claims(
    *, issuer: str, client_id: str, subject: str, sid: str | None, identifier: str, now: int
) -> dict[str, Any]:
    """Return the claims of a logout token. It never has a nonce, so it cannot be an id token."""
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": subject,
        "aud": client_id,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": identifier,
        "events": {EVENT: {}},
    }
    return claims if sid is None else {**claims, "sid": sid}
