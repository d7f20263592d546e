"""Scopes for plain Django views, sync and async."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from oauthcore import events
from oauthcore.api.authentication import acting_user, authenticate
from oauthcore.api.json_routes import mark_json
from oauthcore.api.responses import error_response
from oauthcore.rules.errors import OAuthError
from oauthcore.rules.resource_errors import NotAuthenticated


def requires(*scopes: str) -> Callable[[Any], Any]:
    """Let only requests through whose token includes all of the scopes; with none named, any live token.

    Sets ``request.user`` and ``request.auth`` as DRF's authentication does, and answers a refusal in JSON. A
    view guarded by a token needs no CSRF protection: no browser sends tokens by itself.
    """

    def decorate(view: Any) -> Any:
        # With those of a decorator further in, so that a refusal names all that the view requires.
        needed = tuple(dict.fromkeys((*scopes, *getattr(view, "oauthcore_scopes", ()))))
        if iscoroutinefunction(view):

            @wraps(view)
            async def guarded_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
                refused = await sync_to_async(_refused)(request, needed)
                return refused or await view(request, *args, **kwargs)

            return _marked(guarded_async, needed)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return _refused(request, needed) or view(request, *args, **kwargs)

        return _marked(guarded, needed)

    return decorate


def _marked(view: Any, scopes: tuple[str, ...]) -> Any:
    view.oauthcore_scopes = scopes  # for the system check that knows the site's scopes
    return mark_json(csrf_exempt(view))


def _refused(request: Any, scopes: tuple[str, ...]) -> HttpResponseBase | None:
    """Authenticate the request and return None, or the answer that refuses it."""
    try:
        verified = authenticate(request)
        if verified is None:
            raise NotAuthenticated("no token was sent")
        verified.require(*scopes)
    except OAuthError as refusal:
        events.note_refusal(refusal)
        return error_response(refusal, scopes=scopes)
    request.user, request.auth = acting_user(verified), verified
    return None
