"""DRF permissions that require scopes, a person, a resource or a recent login of a token."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AND, OR, AllowAny, BasePermission
from rest_framework.request import ForcedAuthentication, Request

from oauthcore.api.drf.exceptions import Refused
from oauthcore.flows.tokens.verify import VerifiedToken
from oauthcore.recording import events
from oauthcore.recording.login_sessions import login_of
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.errors.resources import InsufficientScope, NotAuthenticated
from oauthcore.rules.errors.step_up import InsufficientUserAuthentication
from oauthcore.rules.oauth.step_up import LoginWanted

#: The refusals that another token, or another login, can avoid.
_REFUSALS = (InsufficientScope, InsufficientUserAuthentication)


class RequiresScopes(BasePermission):
    """Allows a request if its token has all ``scopes``. Made by :func:`requires`."""

    scopes: ClassVar[tuple[str, ...]] = ()
    sessions: ClassVar[bool] = False
    person: ClassVar[bool] = False
    resource: ClassVar[str | None] = None
    login: ClassVar[LoginWanted | None] = None

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether the view may answer the request.

        Raises ``Refused`` if no other permission can allow the request: 401 without a token, 403 without the
        scope. In a permission joined with ``|`` it returns False, because the other side may allow it.
        """
        refusal = self.refusal_of(request)
        if refusal is None:
            return True
        if type(self) not in {type(one) for all_of in view.get_permissions() for one in _joined(all_of, AND)}:
            return False
        events.note_refusal(refusal)
        scopes = {*self.scopes, *scopes_required_by(view)}
        raise Refused(refusal, scopes=scopes, resource=resource_of(view))

    def refusal_of(self, request: Request) -> OAuthError | None:
        """Return the refusal of the request, or None if it is allowed."""
        token = request.auth
        if isinstance(token, VerifiedToken):
            try:
                token.require(*self.scopes, person=self.person)
                if self.login is not None:
                    token.require_login(self.login)
            except _REFUSALS as refusal:
                return refusal
            return None
        if not self.sessions or not _is_logged_in(request):
            return NotAuthenticated("no token was sent")
        return None if self.login is None else too_weak(request, self.login)


def too_weak(request: Any, wanted: LoginWanted) -> OAuthError | None:
    """Return a refusal if the login of a session is too old or too weak, else None.

    A test that sets the user without a session (``force_authenticate``) passes.
    """
    if getattr(request, "session", None) is None or isinstance(
        getattr(request, "successful_authenticator", None), ForcedAuthentication
    ):
        return None
    return None if login_of(request).is_enough(wanted, timezone.now()) else wanted.refusal


def _is_logged_in(request: Request) -> bool:
    """Return whether the request has a session of a person, or a test set the user."""
    by: object = request.successful_authenticator
    user: Any = request.user
    return isinstance(by, SessionAuthentication | ForcedAuthentication) and bool(
        user and user.is_authenticated
    )


@cache
def requires(
    *scopes: str,
    sessions: bool = False,
    person: bool = False,
    resource: str | None = None,
    max_age: int | None = None,
    acr: str | None = None,
) -> type[RequiresScopes]:
    """Return a permission class for tokens with all of these scopes. Without scopes every live token will do.

    ``permission_classes = [requires("api.images.read")]``

    - ``sessions``: a logged-in person is allowed as well, by ``SessionAuthentication``, whatever the scopes.
    - ``person``: a token without a person (a service token, client credentials) is refused.
    - ``resource``: the address of the view's protected resource, if its path does not tell (RFC 9728).
    - ``max_age``: the person logged in at most this many seconds ago (RFC 9470).
    - ``acr``: how the person logged in: ``"mfa"`` with the second factor, ``"pwd"`` with at least one factor.
    """
    login = LoginWanted.of_view(max_age, acr)
    said = {"scopes": scopes, "sessions": sessions, "person": person, "resource": resource, "login": login}
    return type("RequiresScopes", (RequiresScopes,), said)


class Public(AllowAny):
    """Allows every request, with or without a token. For views that are public on purpose.

    A token that is sent is still verified, so a bad token is refused.
    """


def is_declared(view: type, permissions: Iterable[Any]) -> bool:
    """Return whether a view class declares what it requires: scopes, any live token, or nothing (``Public``).

    DRF's own root view of a router needs no declaration, because it shows no data.
    """
    if any(isinstance(one, Public) or requirements_in(one) for one in permissions):
        return True
    # Imported late: it loads DRF's views, which load the default authentication class, which may be ours.
    from rest_framework.routers import APIRootView

    return view is APIRootView


def declares(view: Any) -> bool:
    """Return whether a view that answers a request declares what it requires of a token."""
    # Most views name one of our classes. Then no permission has to be created to find out.
    if type(view).get_permissions.__module__ == "rest_framework.views" and any(
        isinstance(one, type) and issubclass(one, (RequiresScopes, Public)) for one in view.permission_classes
    ):
        return True
    return is_declared(type(view), view.get_permissions())


def requirements_in(permission: Any) -> list[RequiresScopes]:
    """Return the requirements in a permission: itself, or those that it joins with ``&`` and ``|``."""
    return _joined(permission, AND, OR)


def _joined(permission: Any, *by: type) -> list[RequiresScopes]:
    """Return the requirements in a permission that are joined by these operators only."""
    if isinstance(permission, by):
        return [one for name in ("op1", "op2") for one in _joined(getattr(permission, name), *by)]
    return [permission] if isinstance(permission, RequiresScopes) else []


def scopes_required_by(view: Any) -> frozenset[str]:
    """Return all scopes that a view requires of this request's token, for a challenge."""
    return frozenset(scope for permission in view.get_permissions() for scope in _to_ask_for(permission))


def _to_ask_for(permission: Any) -> set[str]:
    """Return scopes that satisfy a permission. For ``|`` one side is enough."""
    if isinstance(permission, AND | OR):
        one, other = (_to_ask_for(getattr(permission, name)) for name in ("op1", "op2"))
        return one or other if isinstance(permission, OR) else one | other
    return set(permission.scopes) if isinstance(permission, RequiresScopes) else set()


def resource_of(view: Any) -> str | None:
    """Return the address of the resource that a view names, or None if the path decides."""
    every = (one for permission in view.get_permissions() for one in requirements_in(permission))
    return next((one.resource for one in every if one.resource is not None), None)


def refusal_behind(request: Request, view: Any) -> OAuthError | None:
    """Return the refusal of a token that caused DRF's 403, or None if it has another cause.

    DRF itself raises the 403 if all permissions that are joined with ``|`` refuse.
    """
    for permission in view.get_permissions():
        refusals = [one.refusal_of(request) for one in requirements_in(permission)]
        found = next((one for one in refusals if isinstance(one, _REFUSALS)), None)
        if found is not None and not permission.has_permission(request, view):
            return found
    return None
