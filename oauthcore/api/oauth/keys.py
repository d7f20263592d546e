"""The key set: the public keys for JWTs of this site (RFC 7517 §5, RFC 9068 §4)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.flows.keys.key_set import HELD_FOR, key_set


@json_endpoint("GET", "HEAD")
def jwks(request: HttpRequest) -> HttpResponseBase:
    """Return the key set, which caches may keep for an hour. A matching ETag gets 304."""
    found = key_set()
    headers = {
        "Cache-Control": f"public, max-age={HELD_FOR}",
        "X-Content-Type-Options": "nosniff",
        "ETag": found.etag,
    }
    response = HttpResponse(found.document, content_type="application/json", headers=headers)
    known: HttpResponseBase | None = get_conditional_response(request, etag=found.etag, response=response)
    return known or response
