"""The owner of a token, for endpoints about the application or the person of the token."""

from __future__ import annotations

from oauthcore.accounts import User
from oauthcore.flows.tokens.verify import VerifiedToken
from oauthcore.models import Application
from oauthcore.rules.errors.mastodon import PersonRequired
from oauthcore.rules.errors.resources import NotAnApplicationsToken


def require_application(verified: VerifiedToken) -> Application:
    """Return the application that holds the token, whole; raise NotAnApplicationsToken where none does."""
    held = verified.application  # without the columns that no verification needs
    application = held and Application.objects.filter(pk=held.pk).first()
    if application is None:
        raise NotAnApplicationsToken(f"a {verified.kind} was sent, which no application holds")
    return application


def require_person(verified: VerifiedToken) -> User:
    """Return the person of the token; raise PersonRequired where it has none."""
    if verified.user is None:
        raise PersonRequired("the token stands for no person")
    return verified.user
