"""Validation of applications: each problem names its field, and says how to correct it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from oauthcore import conf
from oauthcore.models.profiles import AccessTokenFormat, GrantType, LegacySwitch, problem_with_grant_types
from oauthcore.rules.oauth import redirect_uris
from oauthcore.rules.oauth.client_credentials import problem_with_client_id
from oauthcore.rules.oauth.scopes import Vocabulary

if TYPE_CHECKING:
    from oauthcore.models.applications import Application


def problems_of(application: Application) -> dict[str, str]:
    """Return what is wrong with an application: field → problem. Empty if it is valid."""
    wrong = {
        "client_id": problem_with_client_id(application.client_id),
        "redirect_uris": _redirect_uris(application),
        "scopes": _scopes(application.scopes, conf.settings().vocabulary),
        "default_scopes": _subset(application, application.default_scopes),
        "required_scopes": _subset(application, application.required_scopes),
        "grant_types": problem_with_grant_types(application),
        "legacy_switches": _legacy_switches(application),
        "uses_keys": _keys(application),
        "access_token_format": _access_token_format(application),
        "post_logout_redirect_uris": _post_logout(application),
        **application.openid_problems,
    }
    return {name: text for name, text in wrong.items() if text}


def problem_with_redirect_uri(application: Application, uri: str, *, is_registered: bool) -> str | None:
    """Return why the application may not have, or no longer have, a redirect URI; None if it may."""
    schemes, is_legacy = conf.settings().REDIRECT_SCHEMES, application.is_legacy
    return redirect_uris.problem_with(uri, is_legacy=is_legacy, schemes=schemes, is_registered=is_registered)


def _redirect_uris(application: Application) -> str | None:
    uris = application.redirect_uris
    if len(uris) > redirect_uris.MOST:
        return f"An application has at most {redirect_uris.MOST} redirect URIs."
    sent = [one for one in (GrantType.AUTHORIZATION_CODE, GrantType.IMPLICIT) if application.allows(one)]
    if sent and not uris:
        return f"The grant type “{sent[0].label}” needs a redirect URI."
    problems = (problem_with_redirect_uri(application, uri, is_registered=False) for uri in uris)
    return next(filter(None, problems), None)


def _post_logout(application: Application) -> str | None:
    uris = application.post_logout_redirect_uris
    if len(uris) > redirect_uris.MOST:
        return f"An application has at most {redirect_uris.MOST} addresses after a logout."
    if redirect_uris.OUT_OF_BAND in uris:
        return f"After a logout people return to an address, and “{redirect_uris.OUT_OF_BAND}” is none."
    problems = (problem_with_redirect_uri(application, uri, is_registered=False) for uri in uris)
    return next(filter(None, problems), None)


def _scopes(scopes: Iterable[str], vocabulary: Vocabulary) -> str | None:
    unknown = sorted(name for name in scopes if name not in vocabulary)
    return f"This site has no scope {unknown[0]}." if unknown else None


def _subset(application: Application, scopes: Iterable[str]) -> str | None:
    if not conf.settings().vocabulary.is_within(frozenset(scopes), frozenset(application.scopes)):
        return "These are among the scopes of the application."
    return None


def _legacy_switches(application: Application) -> str | None:
    if not set(application.legacy_switches) <= set(LegacySwitch.values):
        return f"The legacy switches are {', '.join(LegacySwitch.values)}."
    if application.legacy_switches and not application.is_legacy:
        return "OAuth 2.1 has no legacy switches."
    return None


def _keys(application: Application) -> str | None:
    if application.uses_keys and (application.is_legacy or not application.is_confidential):
        return "Only a confidential application of OAuth 2.1 signs with keys of its own."
    return None


def _access_token_format(application: Application) -> str | None:
    if application.is_legacy and application.access_token_format != AccessTokenFormat.OPAQUE:
        return "JWT access tokens are for applications of OAuth 2.1."
    return None
