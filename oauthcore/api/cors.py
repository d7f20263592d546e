"""Cross-origin access for endpoints that any page may call, never with credentials (WHATWG Fetch §3.2)."""

from __future__ import annotations

from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve


def cross_origin(view: Any) -> Any:
    """Wrap a view so that pages of any origin may call it with a token, and its answers are never stored.

    A preflight is answered here, before authentication, which it never carries. Attributes that Django and
    DRF look for on a view (``csrf_exempt``, ``cls``) are kept.
    """

    if iscoroutinefunction(view):

        @wraps(view)
        async def wrapped_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return allow_any_origin(preflight(_methods_of(view)))
            return allow_any_origin(await view(request, *args, **kwargs))

        return mark_cross_origin(wrapped_async)

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return allow_any_origin(preflight(_methods_of(view)))
        return allow_any_origin(view(request, *args, **kwargs))

    return mark_cross_origin(wrapped)


def mark_cross_origin(view: Any) -> Any:
    """Mark a view as one that pages of any origin may call, so that its every answer says so."""
    view.oauthcore_cross_origin = True
    return view


def share(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Let any page read an answer that did not come from the view, where the view's own may be read."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return response
    return allow_any_origin(response) if hasattr(view, "oauthcore_cross_origin") else response


def _methods_of(view: Any) -> str:
    """Return the methods that a class-based view has, or all of them for a function."""
    known = ("get", "head", "post", "put", "patch", "delete", "options")
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    has = [
        name
        for name in known
        if cls is None or hasattr(cls, name) or (name == "head" and hasattr(cls, "get"))
    ]
    return ", ".join(has).upper()


def preflight(methods: str) -> HttpResponse:
    """Return the answer to an OPTIONS request: which methods and headers may be sent."""
    return HttpResponse(
        status=204,
        headers={
            "Allow": methods,
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Max-Age": "600",
        },
    )


def allow_any_origin(response: HttpResponseBase) -> HttpResponseBase:
    """Add the headers that let any page read the answer, and keep caches from storing it."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "Request-Id, Retry-After, WWW-Authenticate"
    response.setdefault("Cache-Control", "no-store")
    response.setdefault("Pragma", "no-cache")
    return response
