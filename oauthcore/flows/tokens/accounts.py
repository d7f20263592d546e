"""Which account a grant or token works on, and whether the site still vouches for it."""

from __future__ import annotations

from uuid import UUID

from oauthcore import conf
from oauthcore.accounts import Account
from oauthcore.models import Grant
from oauthcore.rules.oauth.scopes import Scopes


def find_account(grant: Grant, account_uuid: UUID | None) -> tuple[Account | None, bool]:
    """Return the account, and whether the site vouches for it: at most one call of the account backend.

    Without an account the second value is True.
    """
    if account_uuid is None:
        return None, True
    user = grant.user if grant.user_id is not None else None
    account = conf.settings().account_backend.find(account_uuid, user=user)
    return account, account is not None


def role_of(account: Account | None) -> Scopes | None:
    """Return what a person's role allows on an account; None where it limits nothing.

    Without an account nothing is allowed on one, unless the site has no accounts at all.
    """
    if account is not None:
        return account.scopes
    return frozenset() if conf.settings().has_accounts else None
