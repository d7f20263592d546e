"""The decorator that requires scopes for plain Django views, sync and async."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from oauthcore.api.drf.authentication import acting_user, authenticate
from oauthcore.api.drf.permissions import too_weak
from oauthcore.api.wire.json_routes import mark_json
from oauthcore.api.wire.plain_errors import plain_error
from oauthcore.api.wire.responses import error_response
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.errors.resources import NotAuthenticated
from oauthcore.rules.oauth.step_up import LoginWanted

View = TypeVar("View", bound=Callable[..., Any])


def scopes_required(
    *scopes: str,
    sessions: bool = False,
    person: bool = False,
    resource: str | None = None,
    max_age: int | None = None,
    acr: str | None = None,
    suggested: Iterable[str] = (),
) -> Callable[[View], View]:
    """Allow only requests whose token has all of the scopes. Without scopes every live token will do.

    It sets ``request.user`` and ``request.auth`` as DRF's authentication does. A refusal is a JSON answer.
    Requests with tokens need no CSRF protection, because browsers do not send tokens by themselves.

    - ``sessions``: a logged-in person is allowed as well, whatever the scopes. CSRF is then checked.
    - ``person``: a token without a person (a service token, client credentials) is refused.
    - ``resource``: the address of the view's protected resource, if its path does not tell (RFC 9728).
    - ``max_age``: the person logged in at most this many seconds ago (RFC 9470).
    - ``acr``: how the person logged in: ``"mfa"`` with the second factor, ``"pwd"`` with at least one factor.
    - ``suggested``: scopes that a 401 names as well, so that a new client asks for them from the start.
    """
    wanted = LoginWanted.of_view(max_age, acr)

    def decorate(view: View) -> View:
        # Scopes of an inner decorator are added, so that a refusal names all that the view requires.
        needed = tuple(dict.fromkeys((*scopes, *getattr(view, "oauthcore_scopes", ()))))
        named = resource or getattr(view, "oauthcore_resource", None)
        login = wanted or getattr(view, "oauthcore_login", None)
        guard = _Guard(needed, tuple(suggested), sessions, person, named, login)
        if iscoroutinefunction(view):

            @wraps(view)
            async def guarded_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
                return await sync_to_async(guard.refusal)(request) or await view(request, *args, **kwargs)

            return cast(View, _marked(guarded_async, needed, named, login))

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return guard.refusal(request) or view(request, *args, **kwargs)

        return cast(View, _marked(guarded, needed, named, login))

    return decorate


def _marked(view: Any, scopes: tuple[str, ...], resource: str | None, login: LoginWanted | None) -> Any:
    view.oauthcore_scopes = scopes  # read by the system checks
    view.oauthcore_resource = resource
    view.oauthcore_login = login
    view.csrf_exempt = True  # as Django's decorator does, which would put one more function around it
    return mark_json(view)


@dataclass(frozen=True)
class _Guard:
    """What one view requires of a request; the arguments of ``scopes_required``."""

    scopes: tuple[str, ...]
    suggested: tuple[str, ...]
    sessions: bool
    person: bool
    resource: str | None
    login: LoginWanted | None

    def refusal(self, request: Any) -> HttpResponseBase | None:
        """Authenticate the request. Return the answer that refuses it, or None."""
        try:
            verified = authenticate(request, named=self._named, takes_offline=True)
            if verified is None and self.sessions and _is_logged_in(request):
                request.auth = None
                if _is_forged(request):
                    return plain_error(403)
                if self.login is not None and (refusal := too_weak(request, self.login)):
                    raise refusal
                return None
            if verified is None:
                raise NotAuthenticated("no token was sent")
            verified.require(*self.scopes, person=self.person)
            if self.login is not None:
                verified.require_login(self.login)
        except OAuthError as refusal:
            events.note_refusal(refusal)
            named = (*self.scopes, *self.suggested) if refusal.status == 401 else self.scopes
            return error_response(refusal, scopes=named, resource=self.resource)
        request.user, request.auth = acting_user(verified), verified
        return None

    def _named(self) -> str | None:
        return self.resource


def _is_logged_in(request: Any) -> bool:
    user = getattr(request, "user", None)  # there is none without Django's AuthenticationMiddleware
    return user is not None and user.is_authenticated


class _CSRFCheck(CsrfViewMiddleware):
    """Django's CSRF check. It returns the reason of a refusal in place of a page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _is_forged(request: HttpRequest) -> bool:
    """Return whether a request with a session lacks Django's CSRF token."""
    check = _CSRFCheck(lambda _: HttpResponse())
    check.process_request(request)
    no_view: Any = None  # which could be exempt
    return check.process_view(request, no_view, (), {}) is not None
