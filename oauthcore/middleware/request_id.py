"""An id for every request, and JSON on JSON routes whatever goes wrong outside them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings as django_settings
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase

from oauthcore import request_context
from oauthcore.api.wire.cors import share
from oauthcore.api.wire.hiding_secrets import hide_in_path
from oauthcore.api.wire.json_routes import beside_errors, is_json_route
from oauthcore.api.wire.plain_errors import plain_error
from oauthcore.api.wire.proofs import proof_undone, tell_nonce
from oauthcore.api.wire.responses import error_response
from oauthcore.bodies import declared_length
from oauthcore.flows.tokens.proofs import KeyProof
from oauthcore.models.database import DATABASE_IS_DOWN, unavailable
from oauthcore.observing import metrics
from oauthcore.recording.writing import writer
from oauthcore.rules.errors.oauth import OAuthError

logger = logging.getLogger("oauthcore")

#: Where a request says that the database, or the site's cache, did not answer it.
_LOST_DATABASE = "oauthcore_lost_database"


class RequestIdMiddleware:
    """Sets ``Request-Id``, and turns error pages on JSON routes into JSON. Put it first in ``MIDDLEWARE``."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        writer.expect_end()
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer the request."""
        if self.is_async:
            return self._answer_async(request)
        began = metrics.begin()
        hide_in_path(request)
        context = request_context.enter(request)
        try:
            response = _refused(request) or self.get_response(request)
        except Exception as broken:
            response = _last_resort(broken)
        if (proof := proof_undone(request, response)) is not None:
            _keep_used(proof)
        return _finished(request, response, context, began)

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        began = metrics.begin()
        hide_in_path(request)
        context = request_context.enter(request)
        try:
            response = _refused(request) or await self.get_response(request)
        except Exception as broken:
            response = _last_resort(broken)
        if (proof := proof_undone(request, response)) is not None:
            await sync_to_async(_keep_used)(proof)
        return _finished(request, response, context, began)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer 503 on a JSON route when the database or cache is away; leave all else to Django."""
        if _is_outage(exception) and is_json_route(request):
            return share(request, error_response(unavailable(), beside=beside_errors(request)))
        return None


def _is_outage(error: BaseException | None) -> bool:
    """Return whether the database is away, or the Redis or Valkey in which the site keeps its sessions."""
    redis = sys.modules.get("redis")  # a site without it does not load it for this
    if redis is None or error is None:
        return isinstance(error, DATABASE_IS_DOWN)
    return isinstance(error, DATABASE_IS_DOWN) or any(
        isinstance(one, redis.ConnectionError | redis.TimeoutError) for one in (error, error.__cause__)
    )


def _refused(request: HttpRequest) -> HttpResponse | None:
    """Return a 400 for a Content-Length that is not a number (RFC 9112 §6.3), or None.

    Django would fail on it, or accept a sign.
    """
    if declared_length(request) is not None:
        return None
    return HttpResponseBadRequest("The Content-Length header is not a number.", content_type="text/plain")


def _keep_used(proof: KeyProof) -> None:
    """Use a proof up again, now that the transaction of the request is over; the answer stays what it is."""
    with suppress(OAuthError, *DATABASE_IS_DOWN):
        proof.use_again()


def _last_resort(broken: Exception) -> HttpResponse:
    """Return a bare answer for when Django could not even make the site's error page."""
    if django_settings.DEBUG_PROPAGATE_EXCEPTIONS:
        raise broken
    logger.error("the error page broke", exc_info=broken)
    return HttpResponse("Something broke on our side.", status=500, content_type="text/plain")


@receiver(got_request_exception, dispatch_uid="oauthcore.lost_database")
def note_lost_database(request: HttpRequest | None = None, **_: Any) -> None:
    """Note that Django answers 500 because of an outage, which another middleware may have met."""
    if request is not None and _is_outage(sys.exc_info()[1]):
        setattr(request, _LOST_DATABASE, True)


def _when_to_try_again(request: HttpRequest, response: HttpResponseBase) -> None:
    """Make the site's error page an answer of 503 where it is the database or cache that does not answer."""
    if response.status_code == 500 and getattr(request, _LOST_DATABASE, False):
        response.status_code = 503
        response["Retry-After"] = str(unavailable().retry_after)


def _finished(
    request: HttpRequest, response: HttpResponseBase, context: request_context.RequestContext, began: float
) -> HttpResponseBase:
    _when_to_try_again(request, response)
    if response.status_code >= 400 and not _is_json(response) and is_json_route(request):
        response = _as_json(request, response)
    response["Request-Id"] = context.request_id
    tell_nonce(request, response)
    if began:
        metrics.observe(request, response.status_code, began)
    return response


def _is_json(response: HttpResponseBase) -> bool:
    return response.get("Content-Type", "").partition(";")[0] == "application/json"


def _as_json(request: HttpRequest, page: HttpResponseBase) -> HttpResponseBase:
    """Replace an error page by the wire contract's JSON, keeping what the status needs."""
    response = plain_error(page.status_code, beside_errors(request))
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in page:
            response[name] = page[name]
    return share(request, response)
