"""What is left of a grant now: codes and refresh tokens are checked against it in the same way."""

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
    """What is left of a grant: the scopes, and what of them the person's role allows (None for all)."""

    scopes: Scopes
    role: Scopes | None


def require_secret(text: HiddenText, kind: SecretKind) -> Secret:
    """Return the secret that a text holds; raise InvalidGrant where it is not one of that kind."""
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
    """Return what of the granted scopes the application still has, and what the person's role allows.

    Raises InvalidGrant where something stands against the grant (``obstacle``), where the site no longer
    vouches for its account, and where no scope is left.
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
