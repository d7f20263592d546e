"""CORS for endpoints that pages of other origins may call, never with cookies (WHATWG Fetch §3.2)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers

from oauthcore import conf

#: What stands in ``CORS_ALLOWED_ORIGINS`` for pages of whatever origin.
EVERY_ORIGIN = "*"


View = TypeVar("View", bound=Callable[..., Any])


def cross_origin(view: View) -> View:
    """Wrap a view so that pages of other origins may call it with a token. Caches never store its answers.

    ``CORS_ALLOWED_ORIGINS`` names the origins. A preflight has no credentials, so it is answered here, before
    authentication. Attributes that Django and DRF read from a view (``csrf_exempt``, ``cls``) are kept. As a
    decorator of a class, such as a viewset, it wraps every view that is made from the class.
    """
    wrapped: Any = _with_wrapped_views(view) if isinstance(view, type) else _wrapped(view)
    return cast(View, wrapped)


def _wrapped(view: Any) -> Any:
    if iscoroutinefunction(view):

        @wraps(view)
        async def wrapped_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return allow_origin(request, preflight(_methods_of(view)))
            return allow_origin(request, await view(request, *args, **kwargs))

        return mark_cross_origin(wrapped_async)

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return allow_origin(request, preflight(_methods_of(view)))
        return allow_origin(request, view(request, *args, **kwargs))

    return mark_cross_origin(wrapped)


def _with_wrapped_views(decorated: Any) -> Any:
    make = decorated.as_view.__func__

    def as_view(cls: Any, *args: Any, **kwargs: Any) -> Any:
        return cross_origin(make(cls, *args, **kwargs))

    decorated.as_view = classmethod(as_view)
    return decorated


def mark_cross_origin(view: Any) -> Any:
    """Mark a view as one that pages of other origins may call."""
    view.oauthcore_cross_origin = True
    return view


def share(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Add the CORS headers to an answer that did not come from the view, if the view has CORS."""
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return response
    return allow_origin(request, response) if hasattr(view, "oauthcore_cross_origin") else response


def _methods_of(view: Any) -> str:
    """Return the methods of a class-based view or viewset. A function has all methods."""
    known = ("get", "head", "post", "put", "patch", "delete", "options")
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    actions = getattr(view, "actions", None)
    names = {*actions, "options"} if actions else {one for one in known if cls is None or hasattr(cls, one)}
    has = [name for name in known if name in names or (name == "head" and "get" in names)]
    return ", ".join(has).upper()


def preflight(methods: str) -> HttpResponse:
    """Return the answer to a preflight: the methods and headers that may be sent."""
    has_dpop = conf.settings().DPOP
    return HttpResponse(
        status=204,
        headers={
            "Allow": methods,
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": f"Authorization, Content-Type{', DPoP' if has_dpop else ''}",
            "Access-Control-Max-Age": "600",
        },
    )


def allow_origin(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Add the CORS headers for the allowed origins, and forbid caches to store the answer.

    If not every origin is allowed, the answer depends on the origin, and says so in ``Vary``.
    """
    allowed, origin = conf.settings().CORS_ALLOWED_ORIGINS, request.META.get("HTTP_ORIGIN", "")
    if "Cache-Control" not in response:
        response["Cache-Control"], response["Pragma"] = "no-store", "no-cache"
    if EVERY_ORIGIN in allowed:
        origin = EVERY_ORIGIN
    else:
        patch_vary_headers(response, ["Origin"])
        if origin not in allowed:
            return response
    response["Access-Control-Allow-Origin"] = origin
    exposed = "Request-Id, Retry-After, WWW-Authenticate"
    with_nonces = conf.settings().DPOP_NONCE_LIFETIME is not None
    response["Access-Control-Expose-Headers"] = f"{exposed}, DPoP-Nonce" if with_nonces else exposed
    return response
