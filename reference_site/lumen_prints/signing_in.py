"""The views for signing in with Lumen, for logging out, and for logout tokens."""

from __future__ import annotations

import logging

import requests
from authlib.common.errors import AuthlibBaseError
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from joserfc.errors import JoseError

from reference_site.lumen_prints import logout_tokens, sessions
from reference_site.lumen_prints.provider import NotSetUp, provider

logger = logging.getLogger(__name__)

_NEXT = "next"
#: Errors in the exchange with the provider. RuntimeError: the provider names no such endpoint.
_FAILURES = (
    AuthlibBaseError,
    JoseError,
    requests.RequestException,
    NotSetUp,
    ValueError,
    KeyError,
    RuntimeError,
)


@require_POST
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider, with PKCE, a state and a nonce."""
    request.session[_NEXT] = _own_path(request.POST.get("next", ""))
    try:
        onward: HttpResponse = provider().authorize_redirect(request, settings.URL + reverse("callback"))
    except _FAILURES:
        logger.exception("The provider could not be reached.")
        return _problem(request, "unreachable")
    return onward


@require_GET
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer: trade the code for tokens, check the id token, and begin a session."""
    if request.GET.get("error") == "access_denied":
        return _problem(request, "denied")
    try:
        client = provider()
        token = client.authorize_access_token(
            request, claims_options={"iss": {"essential": True, "values": [settings.ISSUER]}}
        )
        claims = dict(token["userinfo"])
        answered = client.userinfo(token=token)
        if answered["sub"] != claims["sub"]:  # OpenID Connect Core §5.3.2
            raise ValueError("userinfo is about another person")
    except _FAILURES:
        logger.exception("The provider's answer was not valid.")
        return _problem(request, "failed")
    onward = request.session.pop(_NEXT, "")
    sessions.begin(request, claims | answered, token["id_token"])
    return redirect(onward or "front")


@require_POST
@never_cache
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session here, then ask the provider to end its own (OpenID Connect RP-Initiated Logout §2)."""
    id_token = sessions.end(request)
    if id_token is None:
        return redirect("logged_out")
    try:
        onward: HttpResponse = provider().logout_redirect(
            request,
            post_logout_redirect_uri=settings.URL + reverse("logged_out"),
            id_token_hint=id_token,
            client_id=settings.CLIENT_ID,
        )
    except _FAILURES:
        logger.exception("The provider could not be reached for a logout.")
        return redirect("logged_out")
    return onward


@require_GET
@never_cache
def logged_out(request: HttpRequest) -> HttpResponse:
    """Say that the person is logged out of the shop, and of Lumen too if the browser comes from there."""
    try:
        provider().validate_logout_response(request)
    except _FAILURES:
        everywhere = False
    else:
        everywhere = True
    return render(request, "lumen_prints/logged_out.html", {"everywhere": everywhere})


@csrf_exempt  # a server sends it, with a signature
@require_POST
@never_cache
def backchannel_logout(request: HttpRequest) -> HttpResponse:
    """End the sessions of a person who logged out at the provider (Back-Channel Logout §2.5)."""
    try:
        ended = logout_tokens.read(request.POST.get("logout_token", ""), provider(), settings.ISSUER)
    except logout_tokens.BadLogoutToken as refused:
        logger.warning("A logout token was refused: %s", refused)
        return JsonResponse({"error": "invalid_request"}, status=400)
    except (logout_tokens.ProviderSilent, NotSetUp) as missing:  # the provider sends another one later
        logger.warning("A logout token could not be checked: %s", missing)
        return HttpResponse(status=503, headers={"Retry-After": logout_tokens.SECONDS_BETWEEN_QUESTIONS})
    logger.info("Sessions ended because somebody logged out at Lumen: %d", sessions.end_all(ended))
    logout_tokens.remember(ended)
    return HttpResponse(status=200)


def _own_path(path: str) -> str:
    """Return the path if it leads to a page of the shop, or nothing."""
    is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_ours else ""


def _problem(request: HttpRequest, kind: str) -> HttpResponse:
    status = {"denied": 403, "failed": 400, "unreachable": 502}[kind]
    return render(request, "lumen_prints/problem.html", {"kind": kind}, status=status)
