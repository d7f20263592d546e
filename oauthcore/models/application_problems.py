"""Validation of applications: each problem names its field, and says how to correct it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from oauthcore import conf
from oauthcore.models.profiles import AccessTokenFormat, GrantType, LegacySwitch, problem_with_grant_types
from oauthcore.rules.oauth import redirect_uris
from oauthcore.rules.oauth.client_credentials import problem_with_client_id
from oauthcore.rules.oauth.scopes import Vocabulary
from oauthcore.rules.text.sentences import Sentence

if TYPE_CHECKING:
    from oauthcore.models.applications import Application


#: The names of the grant types stand in the texts, because a label would be in the language of the request.
_NEEDS_REDIRECT_URI = {
    GrantType.AUTHORIZATION_CODE: Sentence("The grant type “Authorization code” needs a redirect URI."),
    GrantType.IMPLICIT: Sentence("The grant type “Implicit (legacy)” needs a redirect URI."),
}


def problems_of(application: Application) -> dict[str, Sentence]:
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


def problem_with_redirect_uri(application: Application, uri: str, *, is_registered: bool) -> Sentence | None:
    """Return why the application may not have, or no longer have, a redirect URI; None if it may."""
    schemes, is_legacy = conf.settings().REDIRECT_SCHEMES, application.is_legacy
    return redirect_uris.problem_with(uri, is_legacy=is_legacy, schemes=schemes, is_registered=is_registered)


def _redirect_uris(application: Application) -> Sentence | None:
    uris = application.redirect_uris
    if len(uris) > redirect_uris.MOST:
        return redirect_uris.TOO_MANY
    sent = [one for one in (GrantType.AUTHORIZATION_CODE, GrantType.IMPLICIT) if application.allows(one)]
    if sent and not uris:
        return _NEEDS_REDIRECT_URI[sent[0]]
    problems = (problem_with_redirect_uri(application, uri, is_registered=False) for uri in uris)
    return next(filter(None, problems), None)


def _post_logout(application: Application) -> Sentence | None:
    uris = application.post_logout_redirect_uris
    if len(uris) > redirect_uris.MOST:
        return Sentence(
            "An application has at most %(most)s addresses after a logout.", most=redirect_uris.MOST
        )
    if redirect_uris.OUT_OF_BAND in uris:
        return Sentence(
            "After a logout people return to an address, and “%(uri)s” is none.",
            uri=redirect_uris.OUT_OF_BAND,
        )
    problems = (problem_with_redirect_uri(application, uri, is_registered=False) for uri in uris)
    return next(filter(None, problems), None)


def _scopes(scopes: Iterable[str], vocabulary: Vocabulary) -> Sentence | None:
    unknown = sorted(name for name in scopes if name not in vocabulary)
    return Sentence("This site has no scope %(scope)s.", scope=unknown[0]) if unknown else None


def _subset(application: Application, scopes: Iterable[str]) -> Sentence | None:
    if not conf.settings().vocabulary.is_within(frozenset(scopes), frozenset(application.scopes)):
        return Sentence("These are among the scopes of the application.")
    return None


def _legacy_switches(application: Application) -> Sentence | None:
    if not set(application.legacy_switches) <= set(LegacySwitch.values):
        return Sentence("The legacy switches are %(names)s.", names=", ".join(LegacySwitch.values))
    if application.legacy_switches and not application.is_legacy:
        return Sentence("OAuth 2.1 has no legacy switches.")
    return None


def _keys(application: Application) -> Sentence | None:
    if application.uses_keys and (application.is_legacy or not application.is_confidential):
        return Sentence("Only a confidential application of OAuth 2.1 signs with keys of its own.")
    return None


def _access_token_format(application: Application) -> Sentence | None:
    if application.is_legacy and application.access_token_format != AccessTokenFormat.OPAQUE:
        return Sentence("JWT access tokens are for applications of OAuth 2.1.")
    return None
