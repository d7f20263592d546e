"""DRF's exceptions in the wire contract's format, and our refusals as DRF's exceptions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from oauthcore.api.wire.plain_errors import TEXTS
from oauthcore.api.wire.responses import NO_STORE, bearer_challenge, refusal_headers
from oauthcore.models.database import DATABASE_IS_DOWN, unavailable
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.errors.resources import NotAuthenticated


class Refused(exceptions.APIException):
    """An OAuthError as a DRF exception. Any DRF site answers it with the right status and challenge."""

    def __init__(
        self, refusal: OAuthError, *, scopes: Iterable[str] = (), resource: str | None = None
    ) -> None:
        super().__init__(detail=refusal.description, code=refusal.error)
        self.refusal = refusal
        self.status_code = refusal.status
        self.wait = refusal.retry_after
        self.headers = refusal_headers(refusal, "Bearer", scopes=scopes, resource=resource)
        self.auth_header = self.headers.get("WWW-Authenticate")


_CODES: dict[type[Exception], str] = {
    exceptions.ParseError: "invalid_request",
    exceptions.ValidationError: "invalid_request",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.Throttled: "throttled",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "not_authenticated",
    exceptions.PermissionDenied: "access_denied",
}


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception of a DRF view in the wire contract's format: for DRF's ``EXCEPTION_HANDLER``.

    Returns None for an exception that DRF does not know. Django then answers 500.
    """
    if isinstance(exc, DATABASE_IS_DOWN):
        exc = Refused(unavailable())
    elif isinstance(exc, OAuthError):
        exc = Refused(exc)
    elif isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, DjangoPermissionDenied):
        exc = exceptions.PermissionDenied()
    if type(exc) is exceptions.PermissionDenied:
        exc = _refused_by_scopes(context) or exc
    if not isinstance(exc, exceptions.APIException):
        return None
    _set_rollback()
    return Response(_body(exc), status=exc.status_code, headers={**NO_STORE, **_drf_headers(exc)})


def _refused_by_scopes(context: dict[str, Any]) -> Refused | None:
    """Return the refusal of the token that caused DRF's 403, or None if the 403 has another cause."""
    # Imported late: permissions raise what this module defines.
    from oauthcore.api.drf.permissions import refusal_behind, resource_of, scopes_required_by

    view, request = context.get("view"), context.get("request")
    refusal = refusal_behind(request, view) if isinstance(request, Request) and view is not None else None
    if refusal is None:
        return None
    events.note_refusal(refusal)
    return Refused(refusal, scopes=scopes_required_by(view), resource=resource_of(view))


def _body(exc: exceptions.APIException) -> dict[str, Any]:
    if isinstance(exc, Refused):
        return {"error": exc.refusal.error, "error_description": exc.refusal.description}
    code = next((code for kind, code in _CODES.items() if isinstance(exc, kind)), str(exc.default_code))
    if isinstance(exc, exceptions.ValidationError):
        return {"error": code, "error_description": TEXTS[code], "error_details": _details(exc.detail)}
    text = str(exc.detail) if isinstance(exc, exceptions.ParseError) else TEXTS.get(code, str(exc.detail))
    return {"error": code, "error_description": text}


def _details(detail: Any) -> dict[str, str]:
    if not isinstance(detail, dict):
        detail = {"body": detail}
    return {str(name): " ".join(_flat(value)) for name, value in detail.items()}


def _flat(detail: Any) -> list[str]:
    if isinstance(detail, dict):
        return [f"{name}: {text}" for name, value in detail.items() for text in _flat(value)]
    if isinstance(detail, list):
        return [text for value in detail for text in _flat(value)]
    return [str(detail)]


def _drf_headers(exc: exceptions.APIException) -> dict[str, str]:
    if isinstance(exc, Refused):
        return exc.headers
    headers = {}
    auth_header: str = getattr(exc, "auth_header", None) or ""
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        is_ours = auth_header.startswith("Bearer ")  # and names the scopes of the view
        headers["WWW-Authenticate"] = auth_header if is_ours else bearer_challenge(NotAuthenticated())
    elif auth_header:
        headers["WWW-Authenticate"] = auth_header
    wait = getattr(exc, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(max(1, int(wait)))
    return headers


def _set_rollback() -> None:
    # Imported late: this module loads DRF's default authentication class, which may be ours, half loaded.
    from rest_framework.views import set_rollback

    set_rollback()
