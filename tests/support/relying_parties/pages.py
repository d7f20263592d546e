"""The one page of a small site, and its address for logout tokens."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.views.decorators.csrf import csrf_exempt
from joserfc import jwt
from joserfc.jwk import KeySet

PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>{{ name }}</title></head><body><main>
  <h1>{{ name }}</h1>
  {% if user.is_authenticated %}
    <p>Hello {{ user.first_name }} {{ user.last_name }}, {{ user.email }}</p>
    <form method="post" action="{{ log_out }}">{% csrf_token %}<button>Log out</button></form>
  {% else %}
    <form method="{{ method }}" action="{{ sign_in }}">
      {% csrf_token %}<button>Sign in with Lumen</button>
    </form>
  {% endif %}
</main></body></html>
"""


def page(
    name: str, *, sign_in: str, log_out: str, method: str = "get"
) -> Callable[[HttpRequest], HttpResponse]:
    """Return a view of a page with a button, or with who is signed in."""

    def view(request: HttpRequest) -> HttpResponse:
        words = {"name": name, "sign_in": sign_in, "log_out": log_out, "method": method}
        return HttpResponse(engines["django"].from_string(PAGE).render(words, request))

    return view


@csrf_exempt
def backchannel_logout(request: HttpRequest) -> HttpResponse:
    """End the sessions that a logout token names (OpenID Connect Back-Channel Logout §2.5)."""
    keys = KeySet.import_key_set(httpx.get(f"{settings.ISSUER}/oauth/jwks").json())
    claims = jwt.decode(request.POST["logout_token"], keys, algorithms=["RS256", "ES256"]).claims
    expected = jwt.JWTClaimsRegistry(iss={"value": settings.ISSUER}, aud={"value": settings.CLIENT_ID})
    expected.validate(claims)
    for session in Session.objects.all():
        if session.get_decoded().get("sid") == claims["sid"]:
            session.delete()
    return HttpResponse(status=200)
