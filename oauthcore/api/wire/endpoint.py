"""The decorator of every JSON endpoint: methods, CORS and refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from oauthcore import conf
from oauthcore.api.wire.cors import allow_origin, mark_cross_origin, preflight
from oauthcore.api.wire.hiding_secrets import SECRETS, hide_in_address
from oauthcore.api.wire.json_routes import mark_json
from oauthcore.api.wire.responses import error_response
from oauthcore.bodies import limit_body
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import MethodNotAllowed, OAuthError
from oauthcore.rules.errors.sign_in import NotFound

Endpoint = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Facts:
    """What the decorator was told about an endpoint. The OpenAPI description reads it."""

    methods: tuple[str, ...]
    challenge: str = "Bearer"
    beside_errors: Mapping[str, str] = field(default_factory=dict)
    switch: str = ""

    @property
    def is_on(self) -> bool:
        """Whether the site has switched the endpoint on."""
        return not self.switch or bool(getattr(conf.settings(), self.switch))


def json_endpoint(
    *methods: str,
    challenge: str = "Basic",
    beside_errors: Mapping[str, str] | None = None,
    is_cross_origin: bool = True,
    switch: str = "",
) -> Callable[[Endpoint], Endpoint]:
    """Make a view a JSON endpoint for these methods. A raised OAuthError becomes the JSON answer.

    The view is not part of ``ATOMIC_REQUESTS``, because writes of a refusal, such as a revocation, must stay.
    Other exceptions go to Django, and the middleware answers them in JSON.

    - ``challenge``: the scheme in a 401: Basic for endpoints of applications, Bearer for those of tokens.
    - ``beside_errors``: members that a dialect adds to every error.
    - ``is_cross_origin``: whether pages of other origins may call it (CORS).
    - ``switch``: the endpoint is 404 unless this setting is on.
    """
    facts = Facts(methods, challenge, beside_errors or {}, switch)
    allowed = ", ".join((*methods, "OPTIONS"))
    shared = allow_origin if is_cross_origin else _as_it_is

    def decorate(view: Endpoint) -> Endpoint:
        @wraps(view)
        def endpoint(request: HttpRequest, **captured: str) -> HttpResponseBase:
            hide_in_address(request, SECRETS)
            if request.method == "OPTIONS":
                return shared(request, preflight(allowed) if is_cross_origin else _options(allowed))
            try:
                if request.method not in methods:
                    raise MethodNotAllowed("the method is not allowed")
                if not facts.is_on:
                    raise NotFound(f"{switch} is off")
                response = view(request, **captured)
            except OAuthError as refusal:
                events.note_refusal(refusal)
                response = error_response(refusal, challenge=challenge, beside=beside_errors)
                if isinstance(refusal, MethodNotAllowed):
                    response["Allow"] = ", ".join((*(refusal.allowed or methods), "OPTIONS"))
            return shared(request, response)

        # Requests contain secrets, which error reports must not repeat.
        guarded = sensitive_post_parameters()(endpoint)
        marked: Endpoint = mark_json(csrf_exempt(transaction.non_atomic_requests(guarded)), beside_errors)
        marked.oauthcore_facts = facts  # type: ignore[attr-defined]
        limit_body(marked)
        return mark_cross_origin(marked) if is_cross_origin else marked

    return decorate


def _as_it_is(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    return response


def _options(allowed: str) -> HttpResponseBase:
    return HttpResponse(status=204, headers={"Allow": allowed, "Cache-Control": "no-store"})
