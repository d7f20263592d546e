"""Hints about a person: an id token of this site that an application sends back (``id_token_hint``).

It may have expired. It shows who is meant, and proves nothing about who sends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from oauthcore import conf
from oauthcore.models import signing
from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.jose.problems import InvalidJWT, UnknownKey


class InvalidHint(InvalidRequest):
    """The hint is not an id token of this site."""

    text = "The id_token_hint is not an id token of this site."


@dataclass(frozen=True)
class Hint:
    """The application, the subject and the session that an id token names."""

    client_id: str
    subject: str
    sid: UUID | None

    @classmethod
    def load(cls, dumped: list[str]) -> Self:
        """Return the hint that ``dump`` wrote."""
        client_id, subject, sid = dumped
        return cls(client_id, subject, UUID(sid) if sid else None)

    def dump(self) -> list[str]:
        """Return the hint as texts."""
        return [self.client_id, self.subject, str(self.sid or "")]


def read_hint(text: str | None) -> Hint | None:
    """Return what an id token says, expired or not; None if none was sent, or if its key no longer exists.

    An application keeps an id token for as long as its own session lives, and then nobody can check the
    signature any more. Raises InvalidHint for a wrong signature, and for tokens of other types.
    """
    if text is None:
        return None
    try:
        return _said(signing.verified(text, type_="JWT", also_retired=True).claims)
    except UnknownKey:
        return None
    except InvalidJWT as problem:
        raise InvalidHint(f"the id_token_hint is not valid: {problem}") from None


def _said(claims: Mapping[str, Any]) -> Hint:
    subject, client_id, sid = claims.get("sub"), claims.get("aud"), claims.get("sid")
    if claims.get("iss") != conf.issuer() or "events" in claims:
        raise InvalidJWT("it is not an id token of this issuer")
    if not isinstance(subject, str) or not isinstance(client_id, str):
        raise InvalidJWT("it names no subject, or not one application")
    return Hint(client_id, subject, UUID(sid) if isinstance(sid, str) else None)
