"""Scopes as DRF permissions."""

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

#: What says that another token, or another login, would get in.
_REFUSALS = (InsufficientScope, InsufficientUserAuthentication)


class RequiresScopes(BasePermission):
    """Lets a request through whose token includes every one of ``scopes``. Made by :func:`requires`."""

    scopes: ClassVar[tuple[str, ...]] = ()
    sessions: ClassVar[bool] = False
    person: ClassVar[bool] = False
    resource: ClassVar[str | None] = None
    login: ClassVar[LoginWanted | None] = None

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether the request may go on.

        Where nothing else could let it through, a refusal is raised as DRF's exception: 401 without a token,
        403 without the scope. Joined with ``|`` it is only returned, because the other side may do so.
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
        """Return why the request may not go on, or None."""
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
    """Return the refusal of a person whose session does not have the login that is wanted, or None.

    A test that puts a person into a request, without a session, says that all is well with them.
    """
    if getattr(request, "session", None) is None or isinstance(
        getattr(request, "successful_authenticator", None), ForcedAuthentication
    ):
        return None
    return None if login_of(request).is_enough(wanted, timezone.now()) else wanted.refusal


def _is_logged_in(request: Request) -> bool:
    """Return whether a person came with a session of the site, or a test says so (``force_authenticate``)."""
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
    """Return a permission class for tokens with all of these scopes; with none named, for any live token.

    ``permission_classes = [requires("api.images.read")]``

    With ``sessions`` a person who is logged in is let through as well, by ``SessionAuthentication``: scopes
    are for tokens. With ``person`` a token without a person (a service token, client
    credentials) is refused. ``resource`` is the address of the protected resource that the view belongs to,
    where its path does not say so. With ``max_age`` the person must have logged in at most so many seconds
    ago, with ``acr="mfa"`` with their second factor (RFC 9470).
    """
    login = LoginWanted.of_view(max_age, acr)
    said = {"scopes": scopes, "sessions": sessions, "person": person, "resource": resource, "login": login}
    return type("RequiresScopes", (RequiresScopes,), said)


class Public(AllowAny):
    """Lets everybody in, with or without a token: for views that are public on purpose.

    A token that is sent all the same is looked at, so a bad one is refused.
    """


def is_declared(view: type, permissions: Iterable[Any]) -> bool:
    """Return whether a class of views says what it requires of a token: scopes, any live token, or nothing.

    DRF's own list of a router's routes says nothing and shows nothing of anybody.
    """
    if any(isinstance(one, Public) or requirements_in(one) for one in permissions):
        return True
    # Imported late: it loads DRF's views, which load the default authentication class, which may be ours.
    from rest_framework.routers import APIRootView

    return view is APIRootView


def declares(view: Any) -> bool:
    """Return whether a view that is answering a request says what it requires of a token."""
    # Most name a class of ours themselves: then nothing has to be made to see it, at each request.
    if type(view).get_permissions.__module__ == "rest_framework.views" and any(
        isinstance(one, type) and issubclass(one, (RequiresScopes, Public)) for one in view.permission_classes
    ):
        return True
    return is_declared(type(view), view.get_permissions())


def requirements_in(permission: Any) -> list[RequiresScopes]:
    """Return what a permission says of tokens: itself, or what it joins with ``&`` and ``|``."""
    return _joined(permission, AND, OR)


def _joined(permission: Any, *by: type) -> list[RequiresScopes]:
    """Return the requirements that a permission is, or joins by nothing but these."""
    if isinstance(permission, by):
        return [one for name in ("op1", "op2") for one in _joined(getattr(permission, name), *by)]
    return [permission] if isinstance(permission, RequiresScopes) else []


def scopes_required_by(view: Any) -> frozenset[str]:
    """Return all scopes that a view requires of this request's token, for the challenge of a refusal."""
    return frozenset(scope for permission in view.get_permissions() for scope in _to_ask_for(permission))


def _to_ask_for(permission: Any) -> set[str]:
    """Return the scopes with which a token gets past a permission; of ``|`` one side is enough."""
    if isinstance(permission, AND | OR):
        one, other = (_to_ask_for(getattr(permission, name)) for name in ("op1", "op2"))
        return one or other if isinstance(permission, OR) else one | other
    return set(permission.scopes) if isinstance(permission, RequiresScopes) else set()


def resource_of(view: Any) -> str | None:
    """Return the address of the resource that a view says it belongs to, or None where its path decides."""
    every = (one for permission in view.get_permissions() for one in requirements_in(permission))
    return next((one.resource for one in every if one.resource is not None), None)


def refusal_behind(request: Request, view: Any) -> OAuthError | None:
    """Return the refusal of a token behind a 403 of DRF's, or None where it has another cause.

    Of permissions joined with ``|`` DRF itself says that none of them let the request through.
    """
    for permission in view.get_permissions():
        refusals = [one.refusal_of(request) for one in requirements_in(permission)]
        found = next((one for one in refusals if isinstance(one, _REFUSALS)), None)
        if found is not None and not permission.has_permission(request, view):
            return found
    return None
