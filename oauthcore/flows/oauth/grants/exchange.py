"""The token endpoint's acts: trading a code, a refresh token or credentials (RFC 6749 §4.1.3, §4.4, §6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauthcore import conf
from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.oauth.redirect_target import is_still_registered
from oauthcore.flows.tokens.accounts import find_account
from oauthcore.flows.tokens.ending import end_grant
from oauthcore.flows.tokens.redeem import redeem, refresh
from oauthcore.flows.tokens.verify import left_of
from oauthcore.models import (
    Application,
    AuthorizationCode,
    Grant,
    GrantType,
    Issued,
    LegacySwitch,
    SecurityEvent,
    Token,
)
from oauthcore.models.issuing import issue
from oauthcore.rules.errors.oauth import InvalidGrant, InvalidRequest, InvalidScope, UnauthorizedClient
from oauthcore.rules.oauth import pkce, scopes
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.tokens.secrets import Secret, SecretKind

Kind = SecurityEvent.Kind


@sensitive_variables("code", "code_verifier")
def exchange_code(
    client: Client, *, code: str, redirect_uri: str | None = None, code_verifier: str | None = None
) -> Issued:
    """Trade an authorization code for tokens (RFC 6749 §4.1.3).

    A wrong client, redirect URI or verifier spends nothing and ends nothing; a spent code that comes back in
    an otherwise valid request ends its grant (OAuth 2.1 §7.5.2). A code no longer works once its redirect URI
    was taken from the application. A legacy application must repeat the redirect URI. Raises InvalidGrant,
    InvalidRequest and UnauthorizedClient.
    """
    now = timezone.now()
    _require_grant_type(client.application, GrantType.AUTHORIZATION_CODE)
    if redirect_uri is None and client.application.is_legacy:
        raise InvalidRequest("The parameter redirect_uri is required.")
    secret = _require_secret(code, SecretKind.CODE)
    found = AuthorizationCode.find_of(client.application, secret)
    if found is None:
        raise InvalidGrant("the code is unknown, or another application's")
    _check_binding(found, client.application, redirect_uri, code_verifier)
    if found.used_at is not None:
        _refuse_replayed_code(found, now=now)
    if not is_still_registered(client.application, found.redirect_uri):
        raise InvalidGrant("the redirect URI was taken from the application after the code was issued")
    _refuse_ended(found.obstacle(now), found.grant, found.grant.account_uuid)
    issued = redeem(
        lambda: found.use(now=now),
        lambda: issue(
            found.grant,
            scopes=_require_left_of(found.grant.scopes, client.application),
            account_uuid=found.grant.account_uuid,
            now=now,
            opens_chain=client.application.allows(GrantType.REFRESH_TOKEN),
        ),
    )
    if issued is None:
        _refuse_late_code(AuthorizationCode.find_of(client.application, secret) or found, now=now)
    return issued


@sensitive_variables("refresh_token")
def exchange_refresh_token(client: Client, *, refresh_token: str, scope: str | None = None) -> Issued:
    """Trade a refresh token for an access token and the next refresh token (RFC 6749 §6, RFC 9700 §4.14.2).

    ``scope`` may narrow the access token; the refresh token keeps what it has. A token that was spent before
    ends the grant, but for the immediate predecessor within ``REFRESH_TOKEN_GRACE``, which gets its successor
    again. Raises InvalidGrant, InvalidScope and UnauthorizedClient; a refused scope spends nothing.
    """
    now, application = timezone.now(), client.application
    _require_grant_type(application, GrantType.REFRESH_TOKEN)
    spent = _require_secret(refresh_token, SecretKind.REFRESH)
    return refresh(
        lambda: _require_refresh_token(application, spent),
        spent,
        lambda found: _issuing(found, application, scope, now=now),
        now=now,
        replayed=InvalidGrant,
        refused=InvalidGrant,
    )


def issue_client_credentials(client: Client, *, scope: str | None = None) -> Issued:
    """Issue an access token to an application that acts for itself (RFC 6749 §4.4).

    It has no account, so it never carries a scope that needs one. Of one that registered itself only so many
    tokens live, for anybody can register one; the oldest ends. Raises UnauthorizedClient and InvalidScope.
    """
    now = timezone.now()
    application = client.application
    if not application.is_confidential:
        raise UnauthorizedClient("a public application asked for client credentials")
    _require_grant_type(application, GrantType.CLIENT_CREDENTIALS)
    granted = _own_scopes(application, scope)
    grant = client.standing_grant or Grant.standing(application)
    grant.application = application
    if not granted <= grant.scopes:
        grant.widen(application.scopes)
    issued = issue(grant, scopes=granted, account_uuid=None, now=now)
    if application.is_self_registered:
        Token.keep_newest(grant, conf.settings().SELF_REGISTERED_TOKENS)
    return issued


def _require_refresh_token(application: Application, spent: Secret) -> Token:
    found = Token.find_of(application, spent)
    if found is None:
        raise InvalidGrant("the refresh token is unknown, or another application's")
    return found


def _issuing(
    found: Token, application: Application, scope: str | None, *, now: datetime
) -> Callable[[Secret], Issued]:
    """Return what issues an access token beside the next refresh token; refuse a chain that may get none."""
    _refuse_ended(found.obstacle(now), found.grant, found.account_uuid)
    narrowed = _narrowed(_require_left_of(found.scopes, application), scope)
    return lambda successor: issue(
        found.grant,
        scopes=narrowed,
        account_uuid=found.account_uuid,
        now=now,
        successor=successor,
    )


def _refuse_ended(obstacle: str | None, grant: Grant, account_uuid: UUID | None) -> None:
    if obstacle is not None:
        raise InvalidGrant(obstacle)
    if not find_account(grant, account_uuid)[1]:
        raise InvalidGrant("the site no longer vouches for the account")


def _require_grant_type(application: Application, grant_type: GrantType) -> None:
    if not application.allows(grant_type):
        raise UnauthorizedClient(f"the application is not registered for {grant_type.value}")


def _require_secret(text: str, kind: SecretKind) -> Secret:
    secret = conf.settings().secret_format.parse(text)
    if secret is None or secret.kind is not kind:
        raise InvalidGrant(f"what was sent is no {kind} of this site")
    return secret


@sensitive_variables("code_verifier")
def _check_binding(
    found: AuthorizationCode, application: Application, redirect_uri: str | None, code_verifier: str | None
) -> None:
    """Refuse a redirect URI or verifier that is not the code's; so many of them burn it.

    A code that was given without S256 is worth nothing once its application lives under OAuth 2.1.
    """
    if found.challenge.method != "S256" and not application.may(LegacySwitch.OPTIONAL_PKCE):
        raise InvalidGrant("the code was given without PKCE before the application was upgraded")
    try:
        if redirect_uri not in (None, found.redirect_uri):
            raise InvalidGrant("redirect_uri is not the one the code was sent to")
        pkce.verify(found.challenge, code_verifier)
    except InvalidGrant:
        if found.used_at is None:
            found.count_failure()
        raise


def _refuse_replayed_code(found: AuthorizationCode, *, now: datetime) -> NoReturn:
    end_grant(found.grant, "authorization code replayed", now=now, kind=Kind.CODE_REPLAYED)
    raise InvalidGrant("the code was used before")


def _refuse_late_code(found: AuthorizationCode, *, now: datetime) -> NoReturn:
    """Refuse a code that another request has used, or burned, since it was looked up."""
    if found.used_at is not None:
        _refuse_replayed_code(found, now=now)
    raise InvalidGrant("the code was burned by another request at the same time")


def _require_left_of(granted: Scopes, application: Application) -> Scopes:
    """Return what of a grant's scopes its application still has; raise InvalidGrant where that is nothing."""
    left = left_of(granted, application)
    if not left:
        raise InvalidGrant("the application has none of the scopes any more that were granted")
    return left


def _narrowed(granted: Scopes, scope: str | None) -> Scopes:
    if scope is None:
        return granted
    asked = scopes.parse(scope)
    if not asked or not conf.settings().vocabulary.is_within(asked, granted):
        raise InvalidScope("more was asked for than was granted")
    return asked


def _own_scopes(application: Application, scope: str | None) -> Scopes:
    vocabulary = conf.settings().vocabulary
    asked = None if scope is None else scopes.parse(scope)
    granted = asked or application.scopes_by_default - vocabulary.account_scopes
    if not granted or not vocabulary.is_within(granted, application.scopes):
        raise InvalidScope("the scope is unknown, not the application's, or there is no default")
    if not granted.isdisjoint(vocabulary.account_scopes):
        raise InvalidScope("a scope needs an account, and an application acting for itself has none")
    return granted
