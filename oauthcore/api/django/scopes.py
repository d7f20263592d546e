"""Scopes for plain Django views, sync and async."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.views.decorators.csrf import csrf_exempt

from oauthcore.api.drf.authentication import acting_user, authenticate
from oauthcore.api.drf.permissions import too_weak
from oauthcore.api.wire.json_routes import mark_json
from oauthcore.api.wire.plain_errors import plain_error
from oauthcore.api.wire.responses import error_response
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.errors.resources import NotAuthenticated
from oauthcore.rules.oauth.step_up import LoginWanted


def scopes_required(
    *scopes: str,
    sessions: bool = False,
    person: bool = False,
    resource: str | None = None,
    max_age: int | None = None,
    acr: str | None = None,
) -> Callable[[Any], Any]:
    """Let only requests through whose token includes all of the scopes; with none named, any live token.

    Sets ``request.user`` and ``request.auth`` as DRF's authentication does, and answers a refusal in JSON. A
    view guarded by a token needs no CSRF protection: no browser sends tokens by itself.

    With ``sessions`` a person who is logged in is let through as well, without a token: scopes are for
    tokens, and the request is then protected against CSRF. With ``person`` a token without a
    person (a service token, client credentials) is refused. ``resource`` is the address of the protected
    resource that the view belongs to, where its path does not say so. With ``max_age`` the person must have
    logged in at most so many seconds ago, with ``acr="mfa"`` with their second factor (RFC 9470).
    """
    wanted = LoginWanted.of_view(max_age, acr)

    def decorate(view: Any) -> Any:
        # With those of a decorator further in, so that a refusal names all that the view requires.
        needed = tuple(dict.fromkeys((*scopes, *getattr(view, "oauthcore_scopes", ()))))
        named = resource or getattr(view, "oauthcore_resource", None)
        login = wanted or getattr(view, "oauthcore_login", None)
        refused = partial(
            _refused, scopes=needed, sessions=sessions, person=person, resource=named, login=login
        )
        if iscoroutinefunction(view):

            @wraps(view)
            async def guarded_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
                return await sync_to_async(refused)(request) or await view(request, *args, **kwargs)

            return _marked(guarded_async, needed, named, login)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return refused(request) or view(request, *args, **kwargs)

        return _marked(guarded, needed, named, login)

    return decorate


def _marked(view: Any, scopes: tuple[str, ...], resource: str | None, login: LoginWanted | None) -> Any:
    view.oauthcore_scopes = scopes  # for the system checks that know the site's scopes and resources
    view.oauthcore_resource = resource
    view.oauthcore_login = login
    return mark_json(csrf_exempt(view))


def _refused(
    request: Any,
    *,
    scopes: tuple[str, ...],
    sessions: bool,
    person: bool,
    resource: str | None,
    login: LoginWanted | None,
) -> HttpResponseBase | None:
    """Authenticate the request and return None, or the answer that refuses it."""
    try:
        verified = authenticate(request, named=lambda: resource, takes_offline=True)
        if verified is None and sessions and _is_logged_in(request):
            request.auth = None
            if _is_forged(request):
                return plain_error(403)
            if login is not None and (refusal := too_weak(request, login)):
                raise refusal
            return None
        if verified is None:
            raise NotAuthenticated("no token was sent")
        verified.require(*scopes, person=person)
        if login is not None:
            verified.require_login(login)
    except OAuthError as refusal:
        events.note_refusal(refusal)
        return error_response(refusal, scopes=scopes, resource=resource)
    request.user, request.auth = acting_user(verified), verified
    return None


def _is_logged_in(request: Any) -> bool:
    user = getattr(request, "user", None)  # there is none without Django's AuthenticationMiddleware
    return user is not None and user.is_authenticated


class _CSRFCheck(CsrfViewMiddleware):
    """Django's check, which says why it refuses in place of showing a page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _is_forged(request: HttpRequest) -> bool:
    """Return whether a request with a session comes without Django's CSRF token."""
    check = _CSRFCheck(lambda _: HttpResponse())
    check.process_request(request)
    no_view: Any = None  # which could be exempt
    return check.process_view(request, no_view, (), {}) is not None
