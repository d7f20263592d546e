"""Bearer authentication for DRF, and for whatever else holds a request (RFC 6750)."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from oauthcore import events, request_context
from oauthcore.api.exceptions import Refused
from oauthcore.api.integration import Integration
from oauthcore.api.permissions import requirements_in
from oauthcore.api.requests import content_length
from oauthcore.api.responses import bearer_challenge
from oauthcore.flows.verify import VerifiedToken, verify
from oauthcore.rules import bearer
from oauthcore.rules.errors import InvalidRequest, OAuthError, RequestTooLarge
from oauthcore.rules.parameters import parse_urlencoded
from oauthcore.rules.resource_errors import InsufficientScope, LengthRequired, NotAuthenticated


@sensitive_variables("text")
def authenticate(request: HttpRequest) -> VerifiedToken | None:
    """Return the verified token of a request, or None when it carries no Bearer token at all.

    A token that is carried and not good is refused, never passed over: a session cookie must not stand in for
    it. Raises OAuthError.
    """
    text = bearer.token_in(request.META.get("HTTP_AUTHORIZATION"))
    _refuse_token_in_query(request)
    if text is None:
        return None
    verified = verify(text, address=request_context.address_of(request))
    _check_size(request, verified.grant.max_request_bytes)
    return verified


def acting_user(verified: VerifiedToken) -> Any:
    """Return who ``request.user`` is: the person, or an Integration where no person is behind the token."""
    return verified.user if verified.user is not None else Integration(verified)


def _refuse_token_in_query(request: HttpRequest) -> None:
    query = request.META.get("QUERY_STRING", "")
    if "access_token" in unquote(query):
        sent = parse_urlencoded(query, {"access_token"})
        if sent.values or sent.repeated:
            raise InvalidRequest("Send the access token in the Authorization header, not in the address.")


def _check_size(request: HttpRequest, most: int | None) -> None:
    if most is None:
        return
    if not request.META.get("CONTENT_LENGTH") and request.META.get("HTTP_TRANSFER_ENCODING"):
        raise LengthRequired("a capped token and a body without a length")
    if content_length(request) > most:
        raise RequestTooLarge(f"This token may send {most} bytes in one request.")


class BearerAuthentication(BaseAuthentication):
    """DRF authentication by an access token: sets ``request.user`` and ``request.auth`` (a VerifiedToken).

    A view must say which scopes it needs, through ``oauthcore.api.permissions.requires``: one that says
    nothing refuses every token.
    """

    def authenticate(self, request: Request) -> tuple[Any, VerifiedToken] | None:
        """Return user and token, or None without a Bearer token; raise DRF's exception for a bad one."""
        try:
            verified = authenticate(request._request)
            if verified is None:
                return None
            _require_declaration(request)
        except OAuthError as refusal:
            events.note_refusal(refusal)
            raise Refused(refusal) from None
        return acting_user(verified), verified

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge for a request without credentials."""
        return bearer_challenge(NotAuthenticated())


def _require_declaration(request: Request) -> None:
    view = (request.parser_context or {}).get("view")
    if view is not None and not any(map(requirements_in, view.get_permissions())):
        raise InsufficientScope(f"{type(view).__name__} does not say which scopes it requires")
