"""The login of a browser session in the requests that a person decides about."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest

from oauthcore import conf
from oauthcore.flows.oauth.authorization_request import AuthorizationRequest
from oauthcore.flows.oauth.consent.question import AccessRequest
from oauthcore.recording.login_sessions import browser_session_of, login_of


def with_login(request: HttpRequest, asked: AuthorizationRequest) -> AuthorizationRequest:
    """Return a request with the person's login, which the grant records.

    An OpenID request also gets the browser session, so that its logout reaches the application.
    """
    access = access_with_login(request, asked.access)
    if access.claims is not None:
        access = replace(access, browser=browser_session_of(request))
    return replace(asked, access=access)


def access_with_login(request: HttpRequest, asked: AccessRequest) -> AccessRequest:
    """Return an access request with the person's login, for an OpenID request or if ``STEP_UP`` is on."""
    is_noted = conf.settings().STEP_UP or asked.claims is not None
    return replace(asked, login=login_of(request)) if is_noted else asked
