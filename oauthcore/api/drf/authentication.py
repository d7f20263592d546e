"""Authentication by access token, for DRF and for plain Django requests (RFC 6750, RFC 9449)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from oauthcore import conf, request_context
from oauthcore.accounts import User
from oauthcore.api.dialects.paths import is_deviantart
from oauthcore.api.drf.exceptions import Refused
from oauthcore.api.drf.integration import Integration
from oauthcore.api.drf.permissions import declares, resource_of, scopes_required_by
from oauthcore.api.wire.hiding_secrets import hide_in_address, hide_in_form, query_of
from oauthcore.api.wire.imported_tokens import imported_token_in
from oauthcore.api.wire.proofs import bound_token_in, shown_proof
from oauthcore.api.wire.requests import body_parameters
from oauthcore.api.wire.responses import bearer_challenge
from oauthcore.bodies import LARGEST_BODY, Cap, content_length, require_length, require_within
from oauthcore.flows.tokens.offline import verify_offline
from oauthcore.flows.tokens.proofs import ShownProof
from oauthcore.flows.tokens.verify import VerifiedToken, name_in_context, verify
from oauthcore.models import LegacyUse
from oauthcore.recording import events, legacy_use
from oauthcore.rules.errors.oauth import InvalidRequest, OAuthError
from oauthcore.rules.errors.resources import InsufficientScope, NotAuthenticated
from oauthcore.rules.oauth.resources import Resource
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.wire import bearer
from oauthcore.rules.wire.bearer import Place
from oauthcore.rules.wire.parameters import parse_urlencoded

_HEADER = Place.HEADER  # named once: in Python 3.11 a member of an Enum is slow to find
#: The key in the ASGI scope under which ``oauthcore.asgi`` passes a token on, as ``HandedOn``.
HANDED_ON = "oauthcore.verified"
#: A token that waited longer for the body of its request is verified again.
_SECONDS_WITH_BODY = 1.0


@dataclass(frozen=True)
class HandedOn:
    """The text of a token, the verified token or the database's error, and when that was."""

    text: HiddenText | None
    verified: VerifiedToken | Exception
    at: float = field(default_factory=time.monotonic)


def authenticate(
    request: HttpRequest,
    *,
    named: Callable[[], str | None] = lambda: None,
    takes_offline: bool = False,
) -> VerifiedToken | None:
    """Return the verified token of a request, or None if the request has no token.

    The token is in the header, in a form body or, for some legacy applications, in the address. It must be in
    one place only (RFC 6750 §2). The limits of a token in the header or address are applied before the body
    is read.

    A bad token is refused, and a session cookie cannot replace it. A token for other resources is refused
    too. The resource of the view is the one that ``named`` returns, or else the one that the path belongs to.
    If that resource is offline and the view ``takes_offline`` tokens, a JWT is verified by its signature
    alone.

    Raises OAuthError for every refusal.
    """
    is_asked = takes_offline and conf.settings().resources.has_offline
    verified = _found(request, named if is_asked else None)
    if verified is None or verified.token.resource is None:
        return verified
    return verified.at(_belonging_to(request, named))


def _belonging_to(request: HttpRequest, named: Callable[[], str | None]) -> Resource | None:
    resources, name = conf.settings().resources, named()
    return resources.of_path(request.path) if name is None else resources.find(name)


def _found(request: HttpRequest, offline: Callable[[], str | None] | None = None) -> VerifiedToken | None:
    header, query = bearer.token_in(request.META.get("HTTP_AUTHORIZATION")), _query_token(request)
    if header is None and (bound := bound_token_in(request)) is not None:
        return _with_proof(request, bound, is_elsewhere=query is not None)
    if header is None:
        header = imported_token_in(request)
    if header is not None and query is not None:
        raise _two_places()
    first = header if header is not None else query
    if first is None:
        form = _form_token(request)
        return None if form is None else _verified(request, form, Place.BODY)
    place = _HEADER if header is not None else _place_in_address(request)
    verified = _verified(request, first, place, offline)
    if _form_token(request) is not None:
        raise _two_places()
    if query is not None and verified.application is not None:
        legacy_use.note(verified.application, LegacyUse.Habit.QUERY_TOKEN, example=request.path)
    return verified


def _with_proof(request: HttpRequest, text: HiddenText, *, is_elsewhere: bool) -> VerifiedToken:
    """Return the verified token of a header with the scheme DPoP (RFC 9449 §7.1)."""
    try:
        if is_elsewhere:
            raise _two_places()
        verified = _verified(request, text, Place.HEADER, proof=shown_proof(request))
        if _form_token(request) is not None:
            raise _two_places()
    except OAuthError as refusal:
        refusal.scheme = bearer.DPOP
        raise
    return verified


def _place_in_address(request: HttpRequest) -> Place:
    return Place.DIALECT_QUERY if is_deviantart(request) else Place.QUERY


def _verified(
    request: HttpRequest,
    text: HiddenText,
    place: Place,
    offline: Callable[[], str | None] | None = None,
    *,
    proof: ShownProof | None = None,
) -> VerifiedToken:
    handed_on = _handed_on(request, text) if place is _HEADER else None
    if handed_on is not None:
        return handed_on
    if offline is not None and place is _HEADER:
        signed = verify_offline(text, _belonging_to(request, offline))
        if signed is not None:
            return signed
    verified = verify(text, address=request_context.address_of(request), place=place, proof=proof)
    most = verified.grant.max_request_bytes
    require_within(request, None if most is None else Cap(most, is_of_token=True))
    return verified


def _handed_on(request: HttpRequest, text: HiddenText) -> VerifiedToken | None:
    """Return the token that ``oauthcore.asgi`` verified before the body was read. It is returned once.
    Raises the error of the database that it was not verified for.

    Code that authenticates again, during a long answer, wants to know whether the token is still live. So a
    token that waited long for the body of its request is not returned either: it may have ended meanwhile.
    """
    scope: dict[str, Any] = getattr(request, "scope", {})
    found: HandedOn | None = scope.pop(HANDED_ON, None)
    if found is None or found.text != text or time.monotonic() - found.at > _SECONDS_WITH_BODY:
        return None
    if isinstance(found.verified, Exception):
        raise found.verified
    name_in_context(found.verified.grant)
    return found.verified


def _two_places() -> InvalidRequest:
    return InvalidRequest("Send the access token in one place only: the Authorization header.")


def acting_user(verified: VerifiedToken) -> User | Integration:
    """Return what ``request.user`` becomes: the person, or an Integration for a token without a person."""
    user = verified.user
    return Integration(verified) if user is None else user


def _query_token(request: HttpRequest) -> HiddenText | None:
    query = query_of(request)
    if not query or "access_token" not in unquote(query):
        return None
    hide_in_address(request, ("access_token",))
    return parse_urlencoded(query, {"access_token"}).refuse_repeated().secret("access_token")


def _form_token(request: HttpRequest) -> HiddenText | None:
    """Return the token of a form body (RFC 6750 §2.2), or None for GET and for other or larger bodies."""
    if request.method in ("GET", "HEAD") or request.content_type != "application/x-www-form-urlencoded":
        return None
    require_length(request)
    if not 0 < content_length(request) <= LARGEST_BODY:
        return None
    hide_in_form(request, "access_token")
    return body_parameters(request, {"access_token"}).secret("access_token")


class BearerAuthentication(BaseAuthentication):
    """DRF authentication by an access token: sets ``request.user`` and ``request.auth`` (a VerifiedToken).

    Each view must name the scopes that it needs with ``oauthcore.api.drf.requires``, or be ``Public``. A view
    that does neither refuses every token.
    """

    def authenticate(self, request: Request) -> tuple[Any, VerifiedToken] | None:
        """Return user and token, or None without a token. Raises ``Refused`` for a bad token."""
        try:
            verified = authenticate(
                request._request,
                named=lambda: _resource_of(request),
                takes_offline=not getattr(_view_of(request), "needs_rows", False),
            )
            if verified is None:
                return None
            _require_declaration(request)
        except OAuthError as refusal:
            events.note_refusal(refusal)
            raise Refused(refusal, **_needed(request)) from None
        return acting_user(verified), verified

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge for a request without credentials."""
        return bearer_challenge(NotAuthenticated(), **_needed(request))


def _view_of(request: Request) -> Any:
    return (request.parser_context or {}).get("view")


def _resource_of(request: Request) -> str | None:
    view = _view_of(request)
    return None if view is None else resource_of(view)


def _needed(request: Request) -> dict[str, Any]:
    """Return the facts about the view for a challenge: all scopes that it requires, and its resource."""
    view = _view_of(request)
    return {} if view is None else {"scopes": scopes_required_by(view), "resource": resource_of(view)}


def _require_declaration(request: Request) -> None:
    view = _view_of(request)
    if view is not None and not declares(view):
        raise InsufficientScope(f"{type(view).__name__} does not say which scopes it requires")
