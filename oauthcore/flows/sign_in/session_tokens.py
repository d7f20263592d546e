"""The tokens of a device session: refreshed for one account at a time, and signed out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from oauthcore import conf, request_context
from oauthcore.accounts import Account
from oauthcore.flows.tokens.accounts import find_account
from oauthcore.flows.tokens.ending import end_grant
from oauthcore.flows.tokens.redeem import Issuing, refresh
from oauthcore.models import Grant, Issued, Token
from oauthcore.models.issuing import NewTokens, make_tokens
from oauthcore.models.shown_secrets import shown_secret
from oauthcore.models.simplejwt_blacklist import is_blacklisted
from oauthcore.recording import usage
from oauthcore.rules.errors.sign_in import AccountNotAllowed, InvalidRefreshToken, RefreshTokenReused
from oauthcore.rules.imports.foreign_secrets import SignedSecret
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import Secret, SecretKind

SIGNED_OUT = "signed out"
_WHY_NOT = "the person may not work on the account, or there is none"
_NO_ACCOUNTS = "an account was named, and the site has none: ACCOUNT_BACKEND is not set"


@dataclass(frozen=True)
class SessionTokens:
    """An access token with the refresh token that comes next; without an account where the site has none."""

    issued: Issued
    account: Account | None
    refresh_token_expires_at: datetime | None
    grant_id: int


def refresh_session(
    *, refresh_token: HiddenText, account_uuid: Callable[[Token], UUID | None]
) -> SessionTokens:
    """Trade a device's refresh token for an access token to one account and the next refresh token.

    On a site without accounts ``account_uuid`` answers None, and the access token is the person's own.

    The refresh token is checked first: a used one ends the session, whatever else was sent (RFC 9700
    §4.14.2). Only then ``account_uuid`` is called with the chain, which may raise an error. A refused account
    does not use the token up. The immediate predecessor gets its successor again within
    ``REFRESH_TOKEN_GRACE``. Raises InvalidRefreshToken, RefreshTokenReused and AccountNotAllowed.
    """
    now = timezone.now()
    spent = _require_secret(refresh_token)
    tokens = refresh(
        lambda: _require_chain(spent),
        spent,
        lambda found: _issuing(found, spent, account_uuid, now=now),
        now=now,
        replayed=RefreshTokenReused,
        refused=InvalidRefreshToken,
    )
    usage.note(tokens.grant_id, at=now, address=request_context.current().address)
    return tokens


def usual_account(found: Token) -> UUID | None:
    """Return the account for clients that cannot name one: that of the chain, or the first of the person."""
    settings, person = conf.settings(), found.grant.user
    if found.account_uuid is not None or person is None or not settings.has_accounts:
        return found.account_uuid
    accounts = settings.account_backend.accounts_of(person)
    return accounts[0].uuid if accounts else None


def sign_out(refresh_token: HiddenText) -> None:
    """End the session of a refresh token, current or used. An unknown token counts as signed out."""
    shown = shown_secret(refresh_token, SecretKind.REFRESH)
    found = None if shown is None or shown.kind is not SecretKind.REFRESH else Token.find_of_device(shown)
    if found is not None:
        end_grant(found.grant, SIGNED_OUT, now=timezone.now())


def _require_secret(text: HiddenText) -> Secret:
    secret = shown_secret(text, SecretKind.REFRESH)
    if secret is None or secret.kind is not SecretKind.REFRESH:
        raise InvalidRefreshToken("this is not a refresh token of this site")
    return secret


def _require_chain(spent: Secret) -> Token:
    found = Token.find_of_device(spent)
    if found is None:
        raise InvalidRefreshToken("this refresh token was never issued")
    request_context.name_grant(found.grant.uuid)
    return found


def _issuing(
    found: Token, spent: Secret, account_uuid: Callable[[Token], UUID | None], *, now: datetime
) -> Issuing[SessionTokens]:
    """Return how tokens for the next refresh token are made; refuse a chain without rights."""
    obstacle = found.obstacle(now)
    if obstacle is not None:
        raise InvalidRefreshToken(obstacle)
    if isinstance(spent, SignedSecret) and is_blacklisted(spent.jti):
        raise InvalidRefreshToken("SimpleJWT has blacklisted the refresh token")
    account = _require_account(found.grant, account_uuid(found))

    def make(successor: Secret) -> NewTokens:
        return make_tokens(
            found.grant,
            scopes=frozenset(),  # what the person's role gives is asked at each use
            account_uuid=account.uuid if account else None,
            now=now,
            successor=successor,
        )

    return Issuing(make, lambda issued: SessionTokens(issued, account, found.ends_at, found.grant_id))


def _require_account(grant: Grant, account_uuid: UUID | None) -> Account | None:
    account, is_vouched = find_account(grant, account_uuid)
    if not is_vouched:
        raise AccountNotAllowed(_WHY_NOT if conf.settings().has_accounts else _NO_ACCOUNTS)
    return account
