"""The owner of a token, for endpoints about the application or the person of the token."""

from __future__ import annotations

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.flows.tokens.verify import VerifiedToken
from oauthcore.models import Application
from oauthcore.models.subjects import own_subject
from oauthcore.rules.errors.mastodon import PersonRequired
from oauthcore.rules.errors.resources import NotAnApplicationsToken
from oauthcore.rules.oidc.claims import PROFILE, USERNAME


def require_application(verified: VerifiedToken) -> Application:
    """Return the application that holds the token, whole; raise NotAnApplicationsToken where none does."""
    held = verified.application  # without the columns that no verification needs
    application = held and Application.objects.filter(pk=held.pk).first()
    if application is None:
        raise NotAnApplicationsToken(f"a {verified.kind} was sent, which no application holds")
    return application


def told_user_id(verified: VerifiedToken) -> object:
    """Return the identifier of the token's person: the key, or the pairwise subject."""
    own = own_subject(verified.grant)
    return verified.grant.user_id if own is None else str(own)


def told_username(verified: VerifiedToken) -> str | None:
    """Return the username of the token's person, if any and if they did not withhold it.

    It would tell too much to an application with pairwise subjects, unless that has the scope ``profile``.
    """
    user = verified.user
    if user is None or (conf.settings().OPENID_CONNECT and not _may_know_username(verified)):
        return None
    return str(user.get_username())


def _may_know_username(verified: VerifiedToken) -> bool:
    grant, settings = verified.grant, conf.settings()
    is_given = grant.claims is None or any(USERNAME in names for names in grant.claims.values())
    if own_subject(grant) is not None:
        return is_given and verified.allows(PROFILE)
    was_asked = settings.vocabulary.allows(grant.scopes, PROFILE) and USERNAME in settings.claims.offered
    return is_given or not was_asked


def require_person(verified: VerifiedToken) -> User:
    """Return the person of the token; raise PersonRequired where it has none."""
    if verified.user is None:
        raise PersonRequired("the token stands for no person")
    return verified.user
