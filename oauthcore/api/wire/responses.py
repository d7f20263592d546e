"""Answers in the wire contract's format: tokens and refusals (RFC 6749 §5, RFC 6750 §3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from django.http import JsonResponse
from django.urls import reverse

from oauthcore import conf, request_context
from oauthcore.addresses import absolute, at_issuer
from oauthcore.models import Issued
from oauthcore.rules.errors.oauth import OAuthError, UnsupportedEncoding
from oauthcore.rules.errors.resources import InsufficientScope, InvalidToken, NotAuthenticated
from oauthcore.rules.errors.sign_in import InvalidMembers
from oauthcore.rules.errors.step_up import InsufficientUserAuthentication
from oauthcore.rules.oauth import dpop
from oauthcore.rules.oauth.scopes import render
from oauthcore.rules.wire import bearer

#: What programs read is not translated, whatever language LocaleMiddleware found for the request.
ENGLISH = {"Content-Language": "en"}
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache", "X-Content-Type-Options": "nosniff"}


def json_response(
    members: dict[str, Any], *, status: int = 200, headers: dict[str, str] | None = None
) -> JsonResponse:
    """Return a JSON answer that no cache stores."""
    return JsonResponse(members, status=status, headers={**NO_STORE, **ENGLISH, **(headers or {})})


def token_response(issued: Issued, beside: Mapping[str, str] | None = None) -> JsonResponse:
    """Return the token answer (RFC 6749 §5.1). Members without a value are left out, never null.

    ``beside`` are members that a dialect adds.
    """
    members = {
        **(beside or {}),
        "access_token": issued.access_token.reveal(),
        "token_type": issued.token_type,
        "expires_in": issued.expires_in,
        "scope": render(issued.scopes),
        "created_at": int(issued.created_at.timestamp()),
        "refresh_token": issued.refresh_token.reveal() if issued.refresh_token else None,
        "issued_token_type": issued.issued_token_type,
        "id_token": issued.id_token.reveal() if issued.id_token else None,
    }
    return json_response({name: value for name, value in members.items() if value is not None})


def error_response(
    refusal: OAuthError,
    *,
    challenge: str = "Bearer",
    beside: Mapping[str, Any] | None = None,
    scopes: Iterable[str] = (),
    resource: str | None = None,
) -> JsonResponse:
    """Return the wire contract's JSON error for a refusal, with its challenge and ``Retry-After``.

    ``beside`` are members that a dialect adds. ``scopes`` are the scopes that the view requires, and
    ``resource`` is the address of the resource that it names.
    """
    details = {"error_details": refusal.details} if isinstance(refusal, InvalidMembers) else {}
    return json_response(
        {**(beside or {}), "error": refusal.error, "error_description": refusal.description, **details},
        status=refusal.status,
        headers=refusal_headers(refusal, challenge, scopes=scopes, resource=resource),
    )


def refusal_headers(
    refusal: OAuthError, challenge: str, *, scopes: Iterable[str] = (), resource: str | None = None
) -> dict[str, str]:
    """Return the headers of a refusal. The other arguments describe the view, for the challenge."""
    headers = dict(ENGLISH)
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, UnsupportedEncoding):
        headers["Accept-Encoding"] = "identity"  # RFC 9110 §15.5.16
    if challenge == "Basic":
        if refusal.status == 401:
            headers["WWW-Authenticate"] = bearer.challenge("Basic", realm=conf.issuer(), charset="UTF-8")
    elif refusal.status == 401 or isinstance(refusal, InsufficientScope):
        headers["WWW-Authenticate"] = bearer_challenge(refusal, scopes=scopes, resource=resource)
    return headers


def bearer_challenge(refusal: OAuthError, *, scopes: Iterable[str] = (), resource: str | None = None) -> str:
    """Return the challenge of a refusal, with the scheme that is required (RFC 6750 §3, RFC 9449 §7.1).

    A challenge for missing credentials names no error (RFC 6750 §3.1). Each challenge names the metadata of
    the resource that the view names, or that its path belongs to (RFC 9728 §5.1). ``scopes`` are the scopes
    that the view requires, so that a client learns all of them from one 401 or 403. If no token was sent, a
    site with DPoP names both schemes.
    """
    is_error = isinstance(refusal, InvalidToken | InsufficientScope | InsufficientUserAuthentication)
    login = refusal if isinstance(refusal, InsufficientUserAuthentication) else None
    wanted = {*scopes, *(refusal.scopes if isinstance(refusal, InsufficientScope) else ())}
    algorithms = " ".join(dpop.ALGORITHMS)
    first = bearer.challenge(
        refusal.scheme,
        realm=conf.issuer(),
        error=refusal.error if is_error else None,
        error_description=refusal.description if is_error else None,
        scope=render(wanted) if wanted else None,
        acr_values=login.acr_values if login else None,
        max_age=str(login.max_age) if login and login.max_age is not None else None,
        resource_metadata=_metadata_of(resource),
        algs=algorithms if refusal.scheme == bearer.DPOP else None,
    )
    if isinstance(refusal, NotAuthenticated) and conf.settings().DPOP:
        return f"{first}, {bearer.challenge(bearer.DPOP, algs=algorithms)}"
    return first


def _metadata_of(named: str | None) -> str:
    """Return the URL of the document of the named resource, or else of the resource of the request."""
    resources = conf.settings().resources
    resource = resources.find(named) if named else resources.of_path(request_context.current().path)
    if resource is None or resource is resources.issuer:
        return absolute("protected_resource_metadata")
    if resource.origin != resources.issuer.origin:
        return f"{resource.origin}/.well-known/oauth-protected-resource{resource.path}"
    if not resource.path:
        return absolute("protected_resource_metadata")
    below = unquote(resource.path).removeprefix("/")
    return at_issuer(reverse("oauthcore:protected_resource_metadata_of_path", kwargs={"below": below}))
