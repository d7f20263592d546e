"""The one middleware: an id for every request, and JSON on JSON routes whatever goes wrong outside of our
views."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from oauthcore import conf, request_context
from oauthcore.api.cors import allow_any_origin
from oauthcore.api.responses import error_response, plain_error
from oauthcore.models.database import DATABASE_IS_DOWN, unavailable

logger = logging.getLogger("oauthcore")

_LONGEST_NUMBER = 19


class RequestIdMiddleware:
    """Put first in ``MIDDLEWARE``: sets ``Request-Id`` on every answer, and turns error pages on JSON routes
    into JSON.

    JSON routes are oauthcore's own endpoints, views guarded by its decorators, and all below ``JSON_PATHS``.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer the request."""
        if self.is_async:
            return self._answer_async(request)
        context = request_context.enter(request)
        try:
            response = _refused(request) or self.get_response(request)
        except Exception:
            if django_settings.DEBUG_PROPAGATE_EXCEPTIONS:
                raise
            logger.exception("the error page broke")
            response = _last_resort()
        return _finished(request, response, context)

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        context = request_context.enter(request)
        try:
            response = _refused(request) or await self.get_response(request)
        except Exception:
            if django_settings.DEBUG_PROPAGATE_EXCEPTIONS:
                raise
            logger.exception("the error page broke")
            response = _last_resort()
        return _finished(request, response, context)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer 503 on a JSON route when the database is away; leave all else to Django."""
        if isinstance(exception, DATABASE_IS_DOWN) and is_json_route(request):
            return allow_any_origin(error_response(unavailable()))
        return None


def is_json_route(request: HttpRequest) -> bool:
    """Return whether a request is for a route that answers JSON only."""
    if request.path_info.startswith(tuple(conf.settings().JSON_PATHS)):
        return True
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return bool(getattr(view, "oauthcore_json", False))


def _last_resort() -> HttpResponse:
    """Return a bare answer for when Django could not even make the site's error page."""
    return HttpResponse("Something broke on our side.", status=500, content_type="text/plain")


def _refused(request: HttpRequest) -> HttpResponse | None:
    """Return a 400 for a Content-Length that is no number (RFC 9112 §6.3): Django would break on it, or take
    its sign for part of it."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isascii() and length.isdigit() and len(length) < _LONGEST_NUMBER:
        return None
    return HttpResponseBadRequest("The Content-Length header is not a number.", content_type="text/plain")


def _finished(
    request: HttpRequest, response: HttpResponseBase, context: request_context.RequestContext
) -> HttpResponseBase:
    if response.status_code >= 400 and not _is_json(response) and is_json_route(request):
        response = _as_json(response)
    response["Request-Id"] = context.request_id
    return response


def _is_json(response: HttpResponseBase) -> bool:
    return response.get("Content-Type", "").partition(";")[0] == "application/json"


def _as_json(page: HttpResponseBase) -> HttpResponse:
    """Replace an error page by the contract's JSON, keeping what the status needs."""
    response = plain_error(page.status_code)
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in page:
            response[name] = page[name]
    allow_any_origin(response)
    return response
