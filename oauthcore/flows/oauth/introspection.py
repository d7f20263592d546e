"""Introspection: the state of a token for a resource server (RFC 7662)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from oauthcore import conf
from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.tokens.accounts import find_account
from oauthcore.flows.tokens.owner import told_username
from oauthcore.flows.tokens.verify import VerifiedToken, granted_scopes, scheme_of
from oauthcore.limiter import Limit, count_try
from oauthcore.models import Application, Token
from oauthcore.models.shown_secrets import shown_secret
from oauthcore.models.subjects import subject_of
from oauthcore.observing import observed
from oauthcore.rules.errors.oauth import IntrospectionNotAllowed, InvalidRequest, SlowDown
from oauthcore.rules.oauth.dpop import render_thumbprint
from oauthcore.rules.oauth.scopes import render
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import SecretKind

INACTIVE: dict[str, Any] = {"active": False}


@observed("oauthcore token introspect")
def introspect(client: Client, text: HiddenText | None) -> dict[str, Any]:
    """Return the state of a token; exactly ``{"active": false}`` if it is not live (RFC 7662 §2.2).

    The answer is the same for a token that the application may not ask about: an access token of another
    application, unless staff allow it, and a refresh token of another application always. Raises
    IntrospectionNotAllowed for a public application, InvalidRequest without token, and SlowDown after too
    many questions about such tokens and unknown ones (RFC 7662 §4).
    """
    if not client.application.is_confidential:
        raise IntrospectionNotAllowed("a public application asked about a token")
    if text is None:
        raise InvalidRequest("The parameter token is required.")
    now = timezone.now()
    secret = shown_secret(text)
    token = None if secret is None or secret.kind is SecretKind.CODE else Token.find(secret)
    if secret is None or token is None or not _may_ask(client.application, token):
        _count_unknown(client)
        return INACTIVE
    if not token.is_live(now) or (token.turn is not None and token.turn != secret.turn):
        return INACTIVE
    account, is_vouched = find_account(token.grant, token.account_uuid)
    if not is_vouched:
        return INACTIVE
    audience = _audience(token)
    if token.resource is not None and not audience:
        return INACTIVE
    verified = VerifiedToken(token, account, granted_scopes(token, account))
    members = _active(verified)
    return members | {"aud": audience[0] if len(audience) == 1 else audience} if audience else members


def _may_ask(application: Application, token: Token) -> bool:
    """Return whether an application may ask about a token: its own, and others' access tokens if allowed.

    Resource servers may read only ``active``, so they must never take a refresh token for an access token.
    """
    if token.is_held_by(application):
        return True
    return application.may_introspect and token.kind == Token.Kind.ACCESS


def _count_unknown(client: Client) -> None:
    retry_after = count_try(
        Limit("introspection", *conf.settings().INTROSPECTION_LIMIT), str(client.application.pk)
    ).wait
    if retry_after is not None:
        raise SlowDown("too many introspections of unknown tokens", retry_after=retry_after)


def _audience(token: Token) -> list[str]:
    """Return the resources of a token that the site still has; empty means all."""
    find = conf.settings().resources.find
    return [one for one in (token.resource or "").split() if find(one) is not None]


def _active(verified: VerifiedToken) -> dict[str, Any]:
    token = verified.token
    grant, bound_to = token.grant, token.key_thumbprint
    members: dict[str, Any] = {
        "active": True,
        "scope": render(filter(verified.allows, verified.scopes)),
        "client_id": token.actor or (grant.application.client_id if grant.application else None),
        "act": None if token.actor is None else {"sub": token.actor},
        "username": told_username(verified),
        "token_type": scheme_of(token) if token.kind == Token.Kind.ACCESS else None,
        "cnf": None if bound_to is None else {"jkt": render_thumbprint(bound_to)},
        "exp": _seconds(token.ends_at),
        "iat": _seconds(token.turned_at or token.created_at),
        "sub": str(subject_of(grant)),
        "iss": conf.issuer(),
    }
    if conf.settings().STEP_UP:
        members |= {"auth_time": _seconds(grant.login.at), "acr": grant.login.acr or None}
    return {name: value for name, value in members.items() if value is not None}


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
