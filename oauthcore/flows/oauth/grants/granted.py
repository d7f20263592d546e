"""The present rights of a grant: codes and refresh tokens are checked against them in the same way."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from oauthcore import conf
from oauthcore.flows.tokens.accounts import find_account, role_of
from oauthcore.models import Application, Grant
from oauthcore.rules.errors.oauth import InvalidGrant
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import Secret, SecretKind


@dataclass(frozen=True)
class Left:
    """The present rights of a grant: its scopes, and the scopes that the person's role allows (None: all)."""

    scopes: Scopes
    role: Scopes | None


def require_secret(text: HiddenText, kind: SecretKind) -> Secret:
    """Return the secret of this kind; raise InvalidGrant if the text is not one."""
    secret = conf.settings().secret_format.parse(text)
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
