"""Lifetimes: one function for each thing that is issued. The value of an application overrides the site's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from oauthcore import conf
from oauthcore.models.profiles import GrantType
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oidc.claims import OFFLINE_ACCESS

if TYPE_CHECKING:
    from oauthcore.models.applications import Application
    from oauthcore.models.grants import Grant


_AN_HOUR = 60 * 60


def access_token_end(grant: Grant, now: datetime) -> datetime | None:
    """Return when an access token issued now ends, or None for never; never later than its grant."""
    settings, application = conf.settings(), grant.application
    is_session = grant.kind == grant.Kind.SESSION
    lifetime = settings.DEVICE_ACCESS_TOKEN_LIFETIME if is_session else settings.ACCESS_TOKEN_LIFETIME
    if application is not None:
        lifetime = application.access_token_lifetime or lifetime
        lifetime = lifetime if application.access_tokens_expire else None
    ends = [grant.expires_at, None if lifetime is None else now + timedelta(seconds=lifetime)]
    return min((end for end in ends if end is not None), default=None)


def gets_refresh_tokens(application: Application, granted: Scopes) -> bool:
    """Return whether a grant of a person comes with refresh tokens.

    An OpenID client that registered itself must ask for them, and get them approved, with the scope
    ``offline_access`` (OpenID Connect Core §11). All others have them if they are registered for them.
    """
    if not application.allows(GrantType.REFRESH_TOKEN):
        return False
    must_ask = application.is_self_registered and conf.settings().is_openid(granted)
    return OFFLINE_ACCESS in granted or not must_ask


def refresh_chain_end(application: Application, now: datetime) -> datetime:
    """Return when a refresh chain that is opened now ends, and its grant with it."""
    lifetime = application.refresh_token_lifetime or conf.settings().REFRESH_TOKEN_LIFETIME
    return now + timedelta(seconds=lifetime)


def managed_grant_end(application: Application, now: datetime) -> datetime:
    """Return when a grant by an identity provider ends: together with its only access token."""
    lifetime = application.access_token_lifetime or conf.settings().ACCESS_TOKEN_LIFETIME or _AN_HOUR
    return now + timedelta(seconds=lifetime)


def refresh_grace(application: Application | None) -> timedelta:
    """Return for how long a used refresh token gets the same answer again."""
    own = None if application is None else application.refresh_token_grace
    return timedelta(seconds=conf.settings().REFRESH_TOKEN_GRACE if own is None else own)


def session_end(now: datetime) -> datetime:
    """Return when a device session that is opened now ends, however often it is refreshed."""
    return now + timedelta(seconds=conf.settings().DEVICE_SESSION_LIFETIME)


def idle_lifetime() -> timedelta:
    """Return for how long a device session lives without a refresh."""
    return timedelta(seconds=conf.settings().DEVICE_SESSION_IDLE_LIFETIME)


def code_end(now: datetime) -> datetime:
    """Return when an authorization code that is issued now ends."""
    return now + timedelta(seconds=conf.settings().AUTHORIZATION_CODE_LIFETIME)
