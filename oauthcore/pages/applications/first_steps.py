"""The first requests of an application, ready to be copied: its own values filled in, and never a secret."""

from __future__ import annotations

import shlex
from urllib.parse import quote, urlencode

from oauthcore.addresses import absolute
from oauthcore.models import Application, GrantType
from oauthcore.rules.oauth.client_credentials import JWT_BEARER
from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND
from oauthcore.rules.oauth.scopes import Scopes, render


def first_steps(application: Application) -> dict[str, str]:
    """Return ``authorize`` (a URL), ``token`` and ``itself`` (commands), as far as it may use them.

    Names in capitals stand for what only the developer has.
    """
    steps = {}
    if application.allows(GrantType.AUTHORIZATION_CODE) and application.redirect_uris:
        steps["authorize"] = _authorize(application)
        steps["token"] = _command(
            application,
            grant_type="authorization_code",
            code="CODE",
            code_verifier="VERIFIER",
            redirect_uri=example_redirect_uri(application),
        )
    if application.allows(GrantType.CLIENT_CREDENTIALS):
        steps["itself"] = _command(application, grant_type="client_credentials")
    return steps


def example_redirect_uri(application: Application) -> str:
    """Return the redirect URI of examples, empty without any; one that shows codes on a page is the last."""
    uris = [one for one in application.redirect_uris if one != OUT_OF_BAND] or application.redirect_uris
    return next(iter(uris), "")


def example_scopes(application: Application) -> Scopes:
    """Return the scopes of examples. Required ones are among them: they come only with being asked for."""
    return (application.scopes_by_default or frozenset(application.scopes)) | application.required_scopes


def _authorize(application: Application) -> str:
    parameters = {
        "response_type": "code",
        "client_id": application.client_id,
        "redirect_uri": example_redirect_uri(application),
        "scope": render(example_scopes(application)),
        "state": "STATE",
        "code_challenge": "CHALLENGE",
        "code_challenge_method": "S256",
    }
    return f"{absolute('authorize')}?{urlencode(parameters, quote_via=quote)}"


def _command(application: Application, **parameters: str) -> str:
    if not application.is_confidential:
        parameters["client_id"] = application.client_id
    proof = []
    if application.uses_keys:
        parameters["client_assertion_type"] = JWT_BEARER
        proof = ['--data-urlencode client_assertion="$ASSERTION"']
    elif application.is_confidential:
        proof = [f'--user {shlex.quote(application.client_id)}:"$CLIENT_SECRET"']
    data = [f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in parameters.items()]
    return " \\\n  ".join([f"curl {shlex.quote(absolute('token'))}", *proof, *data])
