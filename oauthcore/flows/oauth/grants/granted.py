"""The present rights of a grant: codes and refresh tokens are checked against them in the same way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.oauth.resources import narrow
from oauthcore.flows.oidc.id_tokens import with_id_token
from oauthcore.flows.tokens.accounts import find_account, role_of
from oauthcore.flows.tokens.redeem import redeem
from oauthcore.models import Application, Grant, Issued, RelyingPartySession
from oauthcore.models.database import atomic, retried
from oauthcore.models.inserts import NewRow
from oauthcore.models.issuing import NewTokens, make_tokens
from oauthcore.models.lifetimes import gets_refresh_tokens
from oauthcore.models.shown_secrets import shown_secret
from oauthcore.rules.errors.oauth import InvalidGrant
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import Secret, SecretKind
from oauthcore.rules.wire.parameters import Parameters


@dataclass(frozen=True)
class Left:
    """The present rights of a grant: its scopes, and the scopes that the person's role allows (None: all)."""

    scopes: Scopes
    role: Scopes | None


def require_secret(text: HiddenText, kind: SecretKind) -> Secret:
    """Return the secret of this kind; raise InvalidGrant if the text is not one."""
    secret = shown_secret(text, kind)
    if secret is None or secret.kind is not kind:
        raise InvalidGrant(f"this is not a {kind} of this site")
    return secret


def require_left(
    granted: Scopes,
    grant: Grant,
    application: Application,
    *,
    account_uuid: UUID | None,
    obstacle: str | None,
) -> Left:
    """Return the granted scopes that the application still has, and what the person's role allows.

    Raises InvalidGrant if there is an ``obstacle``, if the site no longer vouches for the account, and if no
    scope is left.
    """
    if obstacle is not None:
        raise InvalidGrant(obstacle)
    account, is_vouched = find_account(grant, account_uuid)
    if not is_vouched:
        raise InvalidGrant("the site no longer vouches for the account")
    left = application.left_of(granted)
    if not left:
        raise InvalidGrant("the application has none of the scopes any more that were granted")
    return Left(left, role_of(account))


def redeem_code(
    grant: Grant,
    client: Client,
    parameters: Parameters,
    *,
    obstacle: str | None,
    use: Callable[[Sequence[NewRow]], bool],
    now: datetime,
    nonce: str | None = None,
) -> Issued | None:
    """Use a single-use code and issue tokens for what is left of its grant, both or neither.

    Return None if another request has used the code. The tokens are bound to the key that the client has
    shown, if any. ``nonce`` is for the id token of an OpenID grant. Raises InvalidGrant and InvalidTarget.
    """
    application, account_uuid = client.application, grant.account_uuid
    left = require_left(grant.scopes, grant, application, account_uuid=account_uuid, obstacle=obstacle)
    narrowed = narrow(left.scopes, application, parameters, approved=grant.resources)
    complete = with_id_token(grant, application, narrowed.scopes, now=now, nonce=nonce)
    opens_chain = gets_refresh_tokens(application, grant.scopes)
    key_thumbprint = client.bound_to()

    def make() -> NewTokens:
        return make_tokens(
            grant,
            scopes=narrowed.scopes,
            role=left.role,
            account_uuid=account_uuid,
            now=now,
            opens_chain=opens_chain,
            resource=narrowed.resource,
            key_thumbprint=key_thumbprint,
        ).completed(complete)

    return redeem(make, use) if grant.sid is None else _redeem_in_session(grant.sid, make, use)


@retried
def _redeem_in_session(
    sid: UUID, make: Callable[[], NewTokens], use: Callable[[Sequence[NewRow]], bool]
) -> Issued | None:
    """Redeem the code of a sign-in, unless that session at the application has ended meanwhile.

    The application would begin one of its own that no logout token ends any more. The row stays locked, so
    that a logout waits, and its token comes after the answer.
    """
    with atomic():
        if not RelyingPartySession.hold(sid):
            raise InvalidGrant("the person has logged out since")
        return redeem(make, use)
