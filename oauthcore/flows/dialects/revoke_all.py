"""DeviantArt's revocation: one token ends all access of its application to its person."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from oauthcore import request_context
from oauthcore.accounts import User
from oauthcore.flows.connections.withdraw import withdraw
from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.oauth.revocation import find_shown, refuse_stranger
from oauthcore.flows.tokens.ending import end_grant, end_token
from oauthcore.models import Application, Consent, Grant, Token
from oauthcore.models.database import atomic, retried
from oauthcore.models.liveness import has_passed
from oauthcore.models.password_marks import accepted_marks
from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.text.hidden_text import HiddenText

_REASON = "revoked by the application"


def revoke_all(text: HiddenText, *, client: Client | None, refresh_only: bool) -> None:
    """End every grant, and the consent, of the person and the application of a token.

    ``refresh_only`` ends only the grant of a refresh token. ``client`` is the caller, if it has
    authenticated. A client-credentials token and an exchanged one end alone. A token that is unknown, without
    application or of an ended grant changes nothing. Raises NotYours for another application's token
    (but not to a public application), and InvalidRequest for an access token with ``refresh_only``.
    """
    token, now = find_shown(text), timezone.now()
    application = token.grant.application if token else None
    if token is None or application is None:
        return
    if client is not None and not token.is_held_by(client.application):
        refuse_stranger(client.application)
        return
    request_context.name_application(application.client_id)
    if refresh_only and token.kind != Token.Kind.REFRESH:
        raise InvalidRequest("Send a refresh token with revoke_refresh_only.")
    if token.grant.kind == Grant.Kind.CLIENT or token.actor is not None:
        end_token(token, _REASON, now=now)
    elif refresh_only:
        end_grant(token.grant, _REASON, now=now, by_application=True)
    elif (user := token.grant.user) is not None and not _has_ended(token.grant, user, now):
        _withdraw(token.grant, user, application, now)


def _has_ended(grant: Grant, user: User, now: datetime) -> bool:
    """Return whether a grant has ended for good. A grant of a disabled application can come back."""
    is_expired = has_passed(grant.expires_at, now)
    has_old_password = grant.password_mark not in accepted_marks(user)
    return grant.revoked_at is not None or is_expired or has_old_password


@retried
def _withdraw(grant: Grant, user: User, application: Application, now: datetime) -> None:
    """Withdraw all access that the grant belongs to, unless the grant has ended meanwhile."""
    with atomic():
        # Lock the consent, so that it is not withdrawn and given again before the grant is checked.
        Consent.find(user, {"pk": application.pk}, is_held=True)
        if Grant.objects.filter(pk=grant.pk, revoked_at__isnull=True).exists():
            withdraw(application, user, _REASON, now=now, by_application=True)
