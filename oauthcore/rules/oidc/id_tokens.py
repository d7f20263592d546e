"""What an id token says (OpenID Connect Core §2)."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oauthcore.rules.oauth.step_up import Login

#: The claims of id tokens, without those about the person.
CLAIMS = ("iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid")
#: The ``typ`` of the header. An access token has another ``typ``, so the two cannot be mixed up.
TYPE = "JWT"


@dataclass(frozen=True)
class IDToken:
    """An id token before it is signed. ``person`` has claims about the person. They never replace our own."""

    issuer: str
    subject: str
    client_id: str
    issued_at: datetime
    expires_at: datetime
    login: Login
    nonce: str | None = None
    sid: str | None = None
    person: Mapping[str, Any] = field(default_factory=dict)

    def claims(self, access_token: str, algorithm: str) -> dict[str, Any]:
        """Return the claims of the token that goes with an access token and is signed in this way."""
        at = self.login.at
        ours = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": self.client_id,
            "azp": self.client_id,
            "exp": int(self.expires_at.timestamp()),
            "iat": int(self.issued_at.timestamp()),
            "auth_time": None if at is None else int(at.timestamp()),
            "nonce": self.nonce,
            "acr": self.login.acr or None,
            "amr": list(self.login.amr) or None,
            "at_hash": at_hash(access_token, algorithm),
            "sid": self.sid,
        }
        about = {name: value for name, value in self.person.items() if name not in CLAIMS}
        return {name: value for name, value in (about | ours).items() if value is not None}


def at_hash(access_token: str, algorithm: str) -> str:
    """Return the left half of the hash of an access token, by the algorithm of the signature (§3.1.3.6)."""
    digest = hashlib.new(f"sha{algorithm[-3:]}", access_token.encode("ascii")).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
