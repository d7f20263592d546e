"""Errors that are not an OAuthError, such as those of Django and DRF, in the wire contract's format."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse

from oauthcore.api.wire.responses import json_response
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.errors.resources import NotAuthenticated

TEXTS = {
    "invalid_request": "The request is not valid; see error_details.",
    "not_found": "This does not exist, or this token may not see it.",
    "method_not_allowed": "This method is not allowed here. The Allow header lists the allowed methods.",
    "not_acceptable": "The Accept header allows no media type that this can be answered in; ask for JSON.",
    "unsupported_media_type": "The body's content type is not one that is read here.",
    "throttled": Throttled.text or "",
    "access_denied": "You may not do this.",
    "not_authenticated": NotAuthenticated.text or "",
}

_BY_STATUS = {
    400: ("invalid_request", "The request is not well formed."),
    401: ("not_authenticated", TEXTS["not_authenticated"]),
    403: ("access_denied", TEXTS["access_denied"]),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", TEXTS["method_not_allowed"]),
    411: ("length_required", "Send a Content-Length header."),
    413: ("request_too_large", "The request is larger than what is read here."),
    415: ("unsupported_media_type", TEXTS["unsupported_media_type"]),
    429: ("throttled", TEXTS["throttled"]),
    500: (
        "server_error",
        "The server met an unexpected condition. The Request-Id names this request in its log.",
    ),
    503: ("temporarily_unavailable", "The server cannot answer right now. Try again soon."),
}


def plain_error(status: int, beside: Mapping[str, str] | None = None) -> HttpResponse:
    """Return the JSON error for a status, in place of an error page from outside of our views.

    ``beside`` are members that a dialect adds.
    """
    error, text = _BY_STATUS.get(status, _BY_STATUS[500 if status >= 500 else 400])
    return json_response({**(beside or {}), "error": error, "error_description": text}, status=status)
