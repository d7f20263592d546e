"""``refresh_token``: a refresh token is traded for new tokens (RFC 6749 §6)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.oauth.grants.granted import require_left, require_secret
from oauthcore.flows.oauth.grants.token_grant_type import TokenGrantType
from oauthcore.flows.oauth.key_binding import require_key
from oauthcore.flows.oauth.resources import RESOURCE, narrow
from oauthcore.flows.oidc.id_tokens import with_id_token
from oauthcore.flows.tokens.redeem import Issuing, refresh
from oauthcore.models import GrantType, Issued, Token
from oauthcore.models.issuing import make_tokens
from oauthcore.rules.errors.oauth import InvalidGrant, InvalidScope
from oauthcore.rules.oauth import scopes
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.tokens.secrets import Secret, SecretKind
from oauthcore.rules.wire.parameters import Parameters


def _exchange(client: Client, parameters: Parameters) -> Issued:
    """Trade a refresh token for an access token and the next refresh token (RFC 6749 §6, RFC 9700 §4.14.2).

    ``scope`` and ``resource`` may narrow the access token; the refresh token keeps its rights. A used refresh
    token ends the grant. The exception is the immediate predecessor within ``REFRESH_TOKEN_GRACE``, which
    gets its successor again. Raises InvalidGrant, InvalidScope and InvalidTarget; then the token stays
    unused.
    """
    now = timezone.now()
    spent = require_secret(parameters.require_secret("refresh_token"), SecretKind.REFRESH)
    return refresh(
        lambda: _require_refresh_token(client, spent),
        spent,
        lambda found: _issuing(found, client, parameters, now=now),
        now=now,
        replayed=InvalidGrant,
        refused=InvalidGrant,
    )


def _require_refresh_token(client: Client, spent: Secret) -> Token:
    """Return the chain of a refresh token. Without the key that it is bound to, a replay ends nothing."""
    found = Token.find_of(client.application, spent)
    if found is None:
        raise InvalidGrant("the refresh token is unknown, or another application's")
    require_key(found.key_thumbprint, client)
    client.bound_to()
    return found


def _issuing(found: Token, client: Client, parameters: Parameters, *, now: datetime) -> Issuing[Issued]:
    """Return how tokens for the next refresh token are made; refuse a chain without rights."""
    left = require_left(
        found.scopes,
        found.grant,
        client.application,
        account_uuid=found.account_uuid,
        obstacle=found.obstacle(now),
    )
    narrowed = narrow(
        _narrowed(left.scopes, parameters.get("scope")),
        client.application,
        parameters,
        approved=found.grant.resources,
    )
    # Without nonce: that is of the login itself (OpenID Connect Core §12.2).
    complete = with_id_token(found.grant, client.application, narrowed.scopes, now=now)
    key_thumbprint = client.bound_to()
    return Issuing(
        lambda successor: make_tokens(
            found.grant,
            scopes=narrowed.scopes,
            role=left.role,
            account_uuid=found.account_uuid,
            now=now,
            successor=successor,
            resource=narrowed.resource,
            key_thumbprint=key_thumbprint,
        ).completed(complete),
        lambda issued: issued,
    )


def _narrowed(granted: Scopes, scope: str | None) -> Scopes:
    if scope is None:
        return granted
    asked = scopes.parse(scope)
    if not asked or not conf.settings().vocabulary.is_within(asked, granted):
        raise InvalidScope("more was asked for than was granted")
    return asked


REFRESH_TOKEN = TokenGrantType(
    name=GrantType.REFRESH_TOKEN.value,
    label=GrantType.REFRESH_TOKEN.label,
    words=_("It keeps access when they are away"),
    exchange=_exchange,
    required=("refresh_token",),
    optional=("scope",),
    several=(RESOURCE,),
)
