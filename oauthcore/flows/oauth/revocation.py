"""Revocation: an application ends a token or grant by showing a token (RFC 7009)."""

from __future__ import annotations

from django.utils import timezone

from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.tokens.ending import end_grant, end_token
from oauthcore.models import Application, Grant, Token
from oauthcore.models.shown_secrets import shown_secret
from oauthcore.observing import observed
from oauthcore.rules.errors.oauth import NotYours
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import SecretKind

_BY_APPLICATION = "revoked by the application"


@observed("oauthcore token revoke")
def revoke(client: Client, text: HiddenText | None) -> None:
    """Revoke a token of the caller (RFC 7009 §2.1).

    An access token or a refresh token ends its grant. A client-credentials token and an exchanged token end
    alone. An unknown token counts as revoked. Raises NotYours without token, or for the token of another
    application (but not to a public application).
    """
    if text is None:
        raise NotYours("no token was sent")
    token = find_shown(text)
    if token is None:
        return
    if not token.is_held_by(client.application):
        refuse_stranger(client.application)
    elif token.grant.kind == Grant.Kind.CLIENT or token.actor is not None:
        end_token(token, _BY_APPLICATION, now=timezone.now())
    else:
        end_grant(token.grant, _BY_APPLICATION, now=timezone.now(), by_application=True)


def find_shown(text: HiddenText) -> Token | None:
    """Return the access, refresh or service token of a text, live or not, or None: one query."""
    secret = shown_secret(text)
    if secret is None or secret.kind not in (SecretKind.ACCESS, SecretKind.REFRESH, SecretKind.SERVICE):
        return None
    return Token.find(secret)


def refuse_stranger(application: Application) -> None:
    """Raise NotYours, unless the application is public. Call it for the token of another application."""
    if application.is_confidential:
        raise NotYours("the token belongs to another application")
