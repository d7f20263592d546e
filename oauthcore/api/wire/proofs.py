"""The DPoP header of a request, and the nonce in its answer (RFC 9449 §4.1, §8)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponseBase
from django.http.request import split_domain_port, validate_host

from oauthcore import conf
from oauthcore.addresses import at_issuer
from oauthcore.flows.tokens.proofs import KeyProof, ShownProof
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.wire import bearer

#: Where ``oauthcore.asgi`` hands on the proof that it has checked with a token.
HANDED_ON = "oauthcore.proof"
_SHOWN = "oauthcore_proof"


def bound_token_in(request: HttpRequest) -> HiddenText | None:
    """Return the token of a header with the scheme DPoP; None without one, and where the site has no DPoP."""
    authorization = request.META.get("HTTP_AUTHORIZATION")
    return bearer.token_in(authorization, bearer.DPOP) if authorization and conf.settings().DPOP else None


def sent_proof(request: HttpRequest) -> ShownProof | None:
    """Return the proof of a request that may do without one, or None."""
    return shown_proof(request) if "HTTP_DPOP" in request.META else None


def shown_proof(request: HttpRequest) -> ShownProof:
    """Return the proof of a request, or what says that it has none: the same one whenever it is asked for."""
    scope: dict[str, Any] = getattr(request, "scope", {})
    shown: ShownProof | None = vars(request).get(_SHOWN) or scope.get(HANDED_ON)
    if shown is None:
        shown = ShownProof(request.META.get("HTTP_DPOP"), request.method or "", _address_of(request))
    vars(request)[_SHOWN] = shown
    return shown


def _address_of(request: HttpRequest) -> str:
    """Return the address of a request as its client knows it, whatever a proxy made of it.

    That is below the issuer, or below another origin where the site declares a resource and says, by the name
    in ALLOWED_HOSTS, that it answers there itself. Otherwise the server that does could send on the
    proofs that it gets.
    """
    path, host = quote(request.path), request.META.get("HTTP_HOST", "").lower()
    elsewhere = (one.origin for one in conf.settings().resources.declared if one.host == host)
    origin = next(elsewhere, None)
    return at_issuer(path) if origin is None or not _answers_at(host) else origin + path


def _answers_at(host: str) -> bool:
    named = [one for one in django_settings.ALLOWED_HOSTS if one != "*"]
    return validate_host(split_domain_port(host)[0], named)


def proof_undone(request: HttpRequest, response: HttpResponseBase) -> KeyProof | None:
    """Return the proof that a failed request has used, if the site's transaction may have undone that.

    Under ``ATOMIC_REQUESTS`` whatever a view wrote before it failed is undone, the use of the proof with it.
    """
    shown: ShownProof | None = vars(request).get(_SHOWN)
    if response.status_code < 400 or shown is None or shown.used is None or not shown.used.may_be_undone:
        return None
    return shown.used


def tell_nonce(request: HttpRequest, response: HttpResponseBase) -> None:
    """Add the nonce that the client's next proof is to carry, where it has to be told."""
    shown: ShownProof | None = vars(request).get(_SHOWN)
    if shown is not None and shown.next_nonce is not None:
        response["DPoP-Nonce"] = shown.next_nonce
