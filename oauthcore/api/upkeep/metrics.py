"""``/metrics`` for Prometheus: open to the networks and the token of the settings, and to nobody else."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import constant_time_compare

from oauthcore import conf, request_context
from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.plain_errors import plain_error
from oauthcore.api.wire.responses import NO_STORE
from oauthcore.observing.metrics import exposition
from oauthcore.rules.wire.networks import allows, is_within, parse_address

logger = logging.getLogger("oauthcore")


@json_endpoint("GET", "HEAD", is_cross_origin=False, switch="METRICS")
def metrics(request: HttpRequest) -> HttpResponseBase:
    """Return the metrics as text; 404 while ``METRICS`` is off, and 403 for everybody else."""
    if not _may_read(request):
        logger.info("refused: /metrics is for METRICS_NETWORKS, and for the holder of METRICS_TOKEN")
        return plain_error(403)
    body, content_type = exposition()
    return HttpResponse(body, content_type=content_type, headers=NO_STORE)


def _may_read(request: HttpRequest) -> bool:
    settings = conf.settings()
    is_near = allows(settings.METRICS_NETWORKS, request_context.address_of(request))
    if is_near and not _comes_through_a_stranger(request):
        return True
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    is_token = scheme.lower() == "bearer" and constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    return is_token and settings.METRICS_TOKEN != ""


def _comes_through_a_stranger(request: HttpRequest) -> bool:
    """Return whether a proxy that ``TRUSTED_PROXIES`` does not name has sent it: then anybody may have."""
    peer = parse_address(request.META.get("REMOTE_ADDR") or "")
    is_forwarded = bool(request.META.get("HTTP_X_FORWARDED_FOR"))
    return is_forwarded and (peer is None or not is_within(peer, conf.settings().trusted_proxies))
