"""Whether the login of a person is enough for an authorization request (RFC 9470 §4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.flows.oauth.authorization_request import AuthorizationRequest
from oauthcore.rules.errors.oidc import OtherPerson
from oauthcore.rules.errors.step_up import UnmetAuthenticationRequirements
from oauthcore.rules.oauth.step_up import ANY_LOGIN, ONE_FACTOR, SECOND_FACTOR, Login, LoginWanted


def wants_login(asked: AuthorizationRequest, user: User, login: Login, *, now: datetime) -> bool:
    """Return whether the person has to log in again: the request says so, or the login is not enough."""
    wanted = asked.login_wanted
    if wanted.is_wish and (asked.access.is_silent or not _can_reach(user, wanted)):
        wanted = replace(wanted, acr_values=())
    if asked.wants_login or not asked.is_for(user):
        return True
    return wanted != ANY_LOGIN and not login.is_enough(wanted, now)


def refuse_unattainable(asked: AuthorizationRequest, user: User) -> None:
    """Raise UnmetAuthenticationRequirements if no login of the person can be strong enough."""
    if not asked.login_wanted.is_wish and not _can_reach(user, asked.login_wanted):
        raise UnmetAuthenticationRequirements(
            "the person has no second factor, or acr_values is unknown here"
        )


def require_enough(asked: AuthorizationRequest, user: User, login: Login) -> None:
    """Refuse if the new login is still not enough.

    Raises OtherPerson if the request names another person, and UnmetAuthenticationRequirements if the login
    is not strong enough.
    """
    if not asked.is_for(user):
        raise OtherPerson("the person who logged in is not the one whom the request names")
    if not asked.login_wanted.is_wish and not login.is_strong(asked.login_wanted):
        raise UnmetAuthenticationRequirements("the person logged in again without the second factor")


def _can_reach(user: User, wanted: LoginWanted) -> bool:
    """Return whether a login of the person can be strong enough."""
    reachable = {ONE_FACTOR}
    if SECOND_FACTOR in wanted.acr_values and conf.settings().second_factor.methods_of(user):
        reachable.add(SECOND_FACTOR)
    return wanted.can_be_met(reachable)
