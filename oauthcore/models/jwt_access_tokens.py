"""Access tokens that are JWTs (RFC 9068): who gets them, and their claims."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from oauthcore import conf
from oauthcore.models import signing
from oauthcore.models.applications import Application
from oauthcore.models.grants import Grant
from oauthcore.models.profiles import AccessTokenFormat
from oauthcore.models.subjects import subject_of
from oauthcore.rules.errors.oauth import InvalidScope
from oauthcore.rules.jose.private_keys import ES256
from oauthcore.rules.oauth.dpop import render_thumbprint
from oauthcore.rules.oauth.scopes import Scopes, render
from oauthcore.rules.tokens.secrets import LONGEST_TOKEN, Secret, jwt_secret

#: The ``typ`` of their header (RFC 9068 §2.1).
TYPE = "at+jwt"
#: Their algorithm. The choice of an application applies only to its id tokens.
ALGORITHM = ES256
#: The largest allowed value of the setting for their lifetime, in seconds.
LONGEST_LIFETIME = 24 * 60 * 60


def is_wanted(application: Application | None, resource: str | None) -> bool:
    """Return whether an access token of an application is a JWT: the application or a resource wants JWTs.

    ``resource`` names the resources of the token. Without resource, the issuer counts.
    """
    settings = conf.settings()
    if application is None or not settings.JWT_ACCESS_TOKENS or application.is_legacy:
        return False
    if application.access_token_format == AccessTokenFormat.JWT:
        return True
    if not settings.RESOURCES:
        return False
    named = map(settings.resources.find, (resource or settings.ISSUER).split())
    return any(one is not None and one.wants_jwts for one in named)


def end_of(expires_at: datetime | None, now: datetime) -> datetime:
    """Return when a JWT expires, given the end of its row. A JWT always expires (RFC 9068 §2.2)."""
    latest = now + timedelta(seconds=conf.settings().JWT_ACCESS_TOKEN_LIFETIME)
    return latest if expires_at is None else min(latest, expires_at)


def make(
    grant: Grant,
    *,
    scopes: Scopes,
    role: Scopes | None,
    resource: str | None,
    key_thumbprint: bytes | None,
    now: datetime,
    expires_at: datetime,
    actor: Application | None = None,
) -> Secret:
    """Return a new JWT access token under a grant, signed with the current key.

    It contains the scopes that the person's role allows (a role of None limits nothing), because servers
    verify it without asking us. ``actor`` is the application that acts under the grant of another. Raises
    InvalidScope if the token would be too long for a header, and TemporarilyUnavailable if there is no key.
    """
    holder = actor or grant.application
    usable = conf.settings().vocabulary.under_role(scopes, role)
    audience = [conf.issuer()] if resource is None else resource.split()
    claims = {
        "iss": conf.issuer(),
        "sub": str(subject_of(grant)),
        "aud": audience[0] if len(audience) == 1 else audience,
        "client_id": holder.client_id if holder else None,
        "act": None if actor is None else {"sub": actor.client_id},
        "iat": int(now.timestamp()),
        "exp": int(expires_at.timestamp()),
        **(_login_of(grant) if grant.user_id is not None else {}),
        "jti": secrets.token_urlsafe(16),
        "scope": render(usable) or None,
        # The key of the client that it is bound to (RFC 9449 §6.1).
        "cnf": None if key_thumbprint is None else {"jkt": render_thumbprint(key_thumbprint)},
    }
    said = {name: value for name, value in claims.items() if value is not None}
    text = signing.sign(said, type_=TYPE, algorithm=ALGORITHM)
    if len(text) > LONGEST_TOKEN:
        raise InvalidScope("the access token would be too long: its scopes do not fit into a header")
    return jwt_secret(text)


def _login_of(grant: Grant) -> dict[str, object]:
    """Return the claims about the person's login, if it was recorded (RFC 9068 §2.2.1)."""
    at = grant.authenticated_at
    return {"auth_time": None if at is None else int(at.timestamp()), "acr": grant.acr or None}
