"""``token-exchange``: an application trades a token that it was shown for a narrower one (RFC 8693).

It is a part of the RFC: both tokens are access tokens of this site, for the same person. The new token has no
additional scope, is for one resource, lives for minutes, and ends with the grant of the old token.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.accounts import Account
from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.oauth.grants.token_grant_type import TokenGrantType
from oauthcore.flows.oauth.resources import RESOURCE, Narrowed, narrow
from oauthcore.flows.tokens.accounts import find_account, role_of
from oauthcore.flows.tokens.verify import granted_scopes
from oauthcore.models import Application, Grant, Issued, Token
from oauthcore.models.issuing import issue_to_actor
from oauthcore.models.shown_secrets import shown_secret
from oauthcore.rules.errors.exchange import InvalidSubjectToken
from oauthcore.rules.errors.oauth import InvalidRequest, InvalidScope
from oauthcore.rules.errors.resources import InvalidTarget
from oauthcore.rules.oauth import scopes
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import SecretKind
from oauthcore.rules.wire.parameters import Parameters

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
#: Only tokens of applications can be exchanged, not those of devices, and not service tokens.
_TRADED = (Grant.Kind.APPLICATION, Grant.Kind.CLIENT)


def _exchange(client: Client, parameters: Parameters) -> Issued:
    """Trade a live access token for a narrower one (RFC 8693 §2).

    Raises InvalidSubjectToken for an unknown token or a token that is not live (§2.2.2), InvalidTarget unless
    the request names exactly one resource of the grant, and InvalidScope.
    """
    now, application = timezone.now(), client.application
    _require_types(parameters)
    token = _require_subject(parameters.require_secret("subject_token"), now=now)
    account, is_vouched = find_account(token.grant, token.account_uuid)
    if not is_vouched:
        raise InvalidSubjectToken("the site no longer vouches for the account")
    narrowed = _narrowed(token, account, application, parameters)
    latest = now + timedelta(seconds=conf.settings().EXCHANGED_TOKEN_LIFETIME)
    return issue_to_actor(
        token,
        actor=application,
        scopes=narrowed.scopes,
        resource=narrowed.resource,
        now=now,
        expires_at=min(latest, token.ends_at or latest),
        issued_token_type=ACCESS_TOKEN,
        role=role_of(account),
        key_thumbprint=client.bound_to(),
    )


def _require_types(parameters: Parameters) -> None:
    if parameters.values["subject_token_type"] != ACCESS_TOKEN:
        raise InvalidRequest(f"subject_token_type has to be {ACCESS_TOKEN}.")
    if parameters.get("requested_token_type") not in (None, ACCESS_TOKEN):
        raise InvalidRequest(f"requested_token_type has to be {ACCESS_TOKEN}, or left out.")
    if parameters.is_sent("actor_token") or parameters.is_sent("actor_token_type"):
        raise InvalidRequest("The application itself is the actor; send no actor_token.")
    if parameters.get("audience"):
        raise InvalidTarget("an audience was named in place of a resource")


def _require_subject(text: HiddenText, *, now: datetime) -> Token:
    """Return the live access token; refuse tokens without application and tokens that are bound to a key."""
    secret = shown_secret(text)
    token = Token.find(secret) if secret is not None and secret.kind is SecretKind.ACCESS else None
    if token is None or token.kind != Token.Kind.ACCESS or token.grant.kind not in _TRADED:
        raise InvalidSubjectToken("the subject token is unknown, or was not issued to an application")
    if token.actor is not None or token.key_thumbprint is not None:
        raise InvalidSubjectToken("the subject token was exchanged before, or is bound to a key")
    obstacle = token.obstacle(now)
    if obstacle is not None:
        raise InvalidSubjectToken(f"the subject token: {obstacle}")
    return token


def _narrowed(
    token: Token, account: Account | None, application: Application, parameters: Parameters
) -> Narrowed:
    """Return scopes and resources of the new token: the rights of the old one that the holder may ask for."""
    if len(set(parameters.items(RESOURCE))) != 1:
        raise InvalidTarget("an exchange names one resource")
    may_do = application.left_of(granted_scopes(token, account))
    narrowed = narrow(
        _asked(may_do, parameters.get("scope")), application, parameters, approved=token.grant.resources
    )
    if narrowed.resource is None:
        raise InvalidTarget("the site declares no resources")
    return narrowed


def _asked(may_do: Scopes, scope: str | None) -> Scopes:
    asked = may_do if scope is None else scopes.parse(scope)
    if not asked or not conf.settings().vocabulary.is_within(asked, may_do):
        raise InvalidScope("more was asked for than the subject token and the application have")
    return asked


TOKEN_EXCHANGE = TokenGrantType(
    name="urn:ietf:params:oauth:grant-type:token-exchange",
    label=_("Token exchange"),
    words="",
    exchange=_exchange,
    required=("subject_token", "subject_token_type"),
    optional=("requested_token_type", "actor_token", "actor_token_type", "audience", "scope"),
    several=(RESOURCE,),
    needs_secret=True,
    switch="TOKEN_EXCHANGE",
)
