"""Answers in the contract's format: tokens, and every refusal (RFC 6749 §5, RFC 6750 §3)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse

from oauthcore import conf
from oauthcore.models import Issued
from oauthcore.rules import bearer
from oauthcore.rules.errors import OAuthError
from oauthcore.rules.resource_errors import InsufficientScope, NotAuthenticated
from oauthcore.rules.scopes import render

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache", "X-Content-Type-Options": "nosniff"}


def json_response(
    members: dict[str, Any], *, status: int = 200, headers: dict[str, str] | None = None
) -> JsonResponse:
    """Return a JSON answer that no cache stores."""
    return JsonResponse(members, status=status, headers={**NO_STORE, **(headers or {})})


def token_response(issued: Issued) -> JsonResponse:
    """Return the answer of RFC 6749 §5.1; members that do not apply are left out, never null."""
    members = {
        "access_token": issued.access_token.text,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": render(issued.scopes),
        "created_at": int(issued.created_at.timestamp()),
        "refresh_token": issued.refresh_token.text if issued.refresh_token else None,
    }
    return json_response({name: value for name, value in members.items() if value is not None})


def error_response(refusal: OAuthError, *, challenge: str = "Bearer") -> JsonResponse:
    """Return the contract's JSON error for a refusal, with its challenge and ``Retry-After`` where they
    belong."""
    return json_response(
        {"error": refusal.error, "error_description": refusal.description},
        status=refusal.status,
        headers=refusal_headers(refusal, challenge),
    )


def refusal_headers(refusal: OAuthError, challenge: str) -> dict[str, str]:
    """Return the headers that a refusal needs beside its status."""
    headers = {}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    if challenge == "Basic":
        if refusal.status == 401:
            headers["WWW-Authenticate"] = bearer.challenge("Basic", realm=conf.issuer(), charset="UTF-8")
    elif refusal.status == 401 or isinstance(refusal, InsufficientScope):
        headers["WWW-Authenticate"] = bearer_challenge(refusal)
    return headers


def bearer_challenge(refusal: OAuthError) -> str:
    """Return the Bearer challenge of a refusal; one for missing credentials names no error (RFC 6750
    §3.1)."""
    from oauthcore.api.metadata import protected_resource_metadata_url

    is_error = not isinstance(refusal, NotAuthenticated)
    wanted = refusal.scopes if isinstance(refusal, InsufficientScope) else ()
    return bearer.challenge(
        "Bearer",
        realm=conf.issuer(),
        error=refusal.error if is_error else None,
        error_description=refusal.description if is_error else None,
        scope=render(wanted) if wanted else None,
        resource_metadata=protected_resource_metadata_url(),
    )


TEXTS = {
    "invalid_request": "The request is not valid; see error_details.",
    "not_found": "There is nothing here, or nothing that this token may see.",
    "method_not_allowed": "This method is not allowed here; the Allow header names those that are.",
    "not_acceptable": "The Accept header allows no media type that this can be answered in; ask for JSON.",
    "unsupported_media_type": "The body's content type is not one that is read here.",
    "throttled": "Too many requests. Wait for the number of seconds in Retry-After.",
    "access_denied": "You may not do this.",
    "not_authenticated": NotAuthenticated.text or "",
}


def plain_error(status: int) -> HttpResponse:
    """Return the contract's JSON error for an answer that something outside of our views gave as a page."""
    error, text = _BY_STATUS.get(status, _BY_STATUS[500 if status >= 500 else 400])
    return json_response({"error": error, "error_description": text}, status=status)


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
