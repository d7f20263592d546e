"""Step-up at the authorize page: does the person have to log in again? (RFC 9470)"""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest
from django.utils import timezone

from oauthcore import conf
from oauthcore.accounts import person_of
from oauthcore.flows.oauth.authorization_request import AuthorizationRequest
from oauthcore.flows.oauth.consent.question import AccessRequest
from oauthcore.recording.login_sessions import browser_session_of, login_of
from oauthcore.rules.errors.oidc import OtherPerson
from oauthcore.rules.errors.step_up import UnmetAuthenticationRequirements
from oauthcore.rules.oauth.step_up import ANY_LOGIN, ONE_FACTOR, SECOND_FACTOR, LoginWanted
from oauthcore.rules.oidc.claims import OPENID


def with_login(request: HttpRequest, asked: AuthorizationRequest) -> AuthorizationRequest:
    """Return a request with the person's login, which the grant records.

    An OpenID request also gets the browser session, so that its logout reaches the application.
    """
    access = access_with_login(request, asked.access)
    if OPENID in access.scopes and conf.settings().OPENID_CONNECT:
        access = replace(access, browser=browser_session_of(request))
    return replace(asked, access=access)


def access_with_login(request: HttpRequest, asked: AccessRequest) -> AccessRequest:
    """Return an access request with the person's login, for an OpenID request or if ``STEP_UP`` is on."""
    is_noted = conf.settings().STEP_UP or asked.claims is not None
    return replace(asked, login=login_of(request)) if is_noted else asked


def wants_login(request: HttpRequest, asked: AuthorizationRequest) -> bool:
    """Return whether the person has to log in again: the request says so, or the login is not enough."""
    wanted = asked.login_wanted
    if wanted.is_wish and (asked.access.is_silent or not _can_reach(request, wanted)):
        wanted = replace(wanted, acr_values=())
    if asked.wants_login or not asked.is_for(person_of(request)):
        return True
    return wanted != ANY_LOGIN and not login_of(request).is_enough(wanted, timezone.now())


def refuse_unattainable(request: HttpRequest, wanted: LoginWanted) -> None:
    """Raise UnmetAuthenticationRequirements if no login of the person can be strong enough."""
    if not wanted.is_wish and not _can_reach(request, wanted):
        raise UnmetAuthenticationRequirements(
            "the person has no second factor, or acr_values is unknown here"
        )


def require_enough(request: HttpRequest, asked: AuthorizationRequest) -> None:
    """Refuse if the new login is still not enough.

    Raises OtherPerson if the request names another person, and UnmetAuthenticationRequirements if the login
    is not strong enough.
    """
    wanted = asked.login_wanted
    if not asked.is_for(person_of(request)):
        raise OtherPerson("somebody else has logged in than the person whom the request names")
    if not wanted.is_wish and not login_of(request).is_strong(wanted):
        raise UnmetAuthenticationRequirements("the person logged in again without the second factor")


def _can_reach(request: HttpRequest, wanted: LoginWanted) -> bool:
    """Return whether a login of the person can be strong enough."""
    can_be = {ONE_FACTOR}
    if SECOND_FACTOR in wanted.acr_values and conf.settings().second_factor.methods_of(person_of(request)):
        can_be.add(SECOND_FACTOR)
    return not wanted.acr_values or not can_be.isdisjoint(wanted.acr_values)
