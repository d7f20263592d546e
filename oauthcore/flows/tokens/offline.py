"""Verification of JWT access tokens without a database query, for resources declared ``offline``.

A view of such a resource accepts a token until it expires, even if its grant has ended. The view gets no rows
of the person and the application. It gets the claims of the token (RFC 9068 §4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from oauthcore import conf, request_context
from oauthcore.flows.tokens.verify import VerifiedToken
from oauthcore.models import Grant, Token, signing
from oauthcore.models.jwt_access_tokens import ALGORITHM, LONGEST_LIFETIME, TYPE
from oauthcore.observing import DONE, metrics
from oauthcore.rules.errors.resources import InvalidToken
from oauthcore.rules.jose.claims import check_lifetime
from oauthcore.rules.jose.problems import InvalidJWT
from oauthcore.rules.oauth import scopes
from oauthcore.rules.oauth.resources import Resource
from oauthcore.rules.text.hidden_text import HiddenText


@dataclass(frozen=True)
class OfflineToken(VerifiedToken):
    """An access token of which only the signature and the claims were checked.

    ``token`` and its grant are not rows of the database. There is no person and no account, and
    ``application`` is None; ``claims`` has ``sub`` and ``client_id``.
    """

    claims: Mapping[str, Any] = field(default_factory=dict)


def verify_offline(text: HiddenText, resource: Resource | None) -> OfflineToken | None:
    """Return the token if it is a JWT for this resource, or None if its row is needed.

    The row is needed if the resource is not offline, and for tokens that are opaque, name no resource, or are
    bound to a key. Raises InvalidToken for a JWT that has expired, or that is no access token signed by this
    site.
    """
    settings = conf.settings()
    if resource is None or not settings.resources.is_offline(resource):
        return None
    if not settings.JWT_ACCESS_TOKENS or not text.startswith("eyJ"):
        return None
    try:
        jwt = signing.verified(text.reveal(), type_=TYPE, algorithms=[ALGORITHM])
        ends_at = check_lifetime(jwt.claims, now=timezone.now().timestamp(), most=LONGEST_LIFETIME)
    except InvalidJWT as problem:
        raise InvalidToken(str(problem)) from None
    claims, audience = jwt.claims, jwt.claims.get("aud")
    named: list[Any] = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != conf.issuer() or resource.identifier not in named or "cnf" in claims:
        return None
    request_context.name_application(claims["client_id"])
    metrics.count("bearer_checks", DONE)
    return OfflineToken(
        token=_as_token(claims, named, ends_at),
        account=None,
        scopes=scopes.parse(claims.get("scope", "")) or frozenset(),
        claims=claims,
    )


def _as_token(claims: Mapping[str, Any], resources: list[Any], ends_at: float) -> Token:
    """Return the claims as an unsaved row."""
    token = Token(
        kind=Token.Kind.ACCESS,
        scopes=claims.get("scope", ""),
        resource=" ".join(resources),
        expires_at=datetime.fromtimestamp(ends_at, tz=UTC),
    )
    token.grant = Grant(kind=Grant.Kind.APPLICATION, label=claims.get("client_id", ""))
    return token
