"""``authorization_code``: a code is traded for tokens (RFC 6749 §4.1.3)."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.oauth.grants.granted import redeem_code, require_secret
from oauthcore.flows.oauth.grants.token_grant_type import TokenGrantType
from oauthcore.flows.oauth.key_binding import require_key
from oauthcore.flows.oauth.redirect_target import is_still_registered
from oauthcore.flows.oauth.resources import RESOURCE
from oauthcore.flows.tokens.ending import end_grant
from oauthcore.models import AuthorizationCode, GrantType, Issued, LegacySwitch, SecurityEvent
from oauthcore.rules.errors.oauth import InvalidGrant
from oauthcore.rules.oauth import pkce
from oauthcore.rules.tokens.secrets import SecretKind
from oauthcore.rules.wire.parameters import Parameters

Kind = SecurityEvent.Kind


def _exchange(client: Client, parameters: Parameters) -> Issued:
    """Trade an authorization code for tokens.

    A wrong client, redirect URI or verifier does not use the code up. A replayed code in an otherwise valid
    request ends its grant (OAuth 2.1 §7.5.2). A code stops working when its redirect URI is removed from the
    application. A legacy application must repeat the redirect URI. Raises InvalidGrant, InvalidRequest and
    InvalidTarget.
    """
    now, application = timezone.now(), client.application
    if application.is_legacy:
        parameters.require("redirect_uri")
    secret = require_secret(parameters.require_secret("code"), SecretKind.CODE)
    found = AuthorizationCode.find_of(application, secret)
    if found is None:
        raise InvalidGrant("the code is unknown, or another application's")
    _check_binding(found, client, parameters)
    client.bound_to()  # a request that is repeated with the same proof does not end the grant
    if found.used_at is not None:
        _refuse_replayed(found, now=now)
    if not is_still_registered(application, found.redirect_uri):
        raise InvalidGrant("the redirect URI was taken from the application after the code was issued")
    issued = redeem_code(
        found.grant,
        client,
        parameters,
        obstacle=found.obstacle(now),
        use=lambda rows: found.use(now=now, rows=rows),
        now=now,
        nonce=found.nonce,
    )
    if issued is None:
        _refuse_late(AuthorizationCode.find_of(application, secret) or found, now=now)
    return issued


def _check_binding(found: AuthorizationCode, client: Client, parameters: Parameters) -> None:
    """Refuse a wrong redirect URI, verifier or key. After too many, the code stops working.

    A code without S256 stops working when its application is upgraded to OAuth 2.1.
    """
    challenge = found.challenge
    if challenge.method != "S256" and not client.application.may(LegacySwitch.OPTIONAL_PKCE):
        raise InvalidGrant("the code was given without PKCE before the application was upgraded")
    redirect_uri, code_verifier = parameters.get("redirect_uri"), parameters.secret("code_verifier")
    try:
        if redirect_uri not in (None, found.redirect_uri):
            raise InvalidGrant("redirect_uri is not the one the code was sent to")
        pkce.verify(challenge, code_verifier)
        require_key(found.key_thumbprint, client)
    except InvalidGrant:
        if found.used_at is None:
            found.count_failure()
        raise


def _refuse_replayed(found: AuthorizationCode, *, now: datetime) -> NoReturn:
    end_grant(found.grant, "authorization code replayed", now=now, kind=Kind.CODE_REPLAYED)
    raise InvalidGrant("the code was used before")


def _refuse_late(found: AuthorizationCode, *, now: datetime) -> NoReturn:
    """Refuse a code that another request has used, or failed too often with, since it was looked up."""
    if found.used_at is not None:
        _refuse_replayed(found, now=now)
    raise InvalidGrant("the code was burned by another request at the same time")


AUTHORIZATION_CODE = TokenGrantType(
    name=GrantType.AUTHORIZATION_CODE.value,
    label=GrantType.AUTHORIZATION_CODE.label,
    words=_("People approve it on a page of this site"),
    exchange=_exchange,
    required=("code",),
    optional=("redirect_uri", "code_verifier"),
    several=(RESOURCE,),
    gives_refresh_tokens=True,
)
