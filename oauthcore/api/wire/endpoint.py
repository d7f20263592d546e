"""What every JSON endpoint of ours does around its own work: methods, CORS, refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from oauthcore.api.wire.cors import allow_origin, mark_cross_origin, preflight
from oauthcore.api.wire.hiding_secrets import SECRETS, hide_in_address
from oauthcore.api.wire.json_routes import mark_json
from oauthcore.api.wire.responses import error_response
from oauthcore.bodies import limit_body
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import MethodNotAllowed, OAuthError

Endpoint = Callable[..., HttpResponseBase]


def json_endpoint(
    *methods: str,
    challenge: str = "Basic",
    beside_errors: Mapping[str, str] | None = None,
    is_cross_origin: bool = True,
) -> Callable[[Endpoint], Endpoint]:
    """Make a view a JSON endpoint for these methods: a refusal is its answer, and other origins may call it.

    It is not part of ``ATOMIC_REQUESTS``: what a refusal writes, such as a revocation, must stay. Anything
    that is neither an answer nor a refusal goes to Django, and the middleware answers it in JSON. The
    ``challenge`` of a 401 is Basic where applications say who they are, and Bearer where a token is wanted;
    ``beside_errors`` is what a dialect has in every error; one that is not ``is_cross_origin`` has no CORS.
    """
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
                response = view(request, **captured)
            except OAuthError as refusal:
                events.note_refusal(refusal)
                response = error_response(refusal, challenge=challenge, beside=beside_errors)
                if isinstance(refusal, MethodNotAllowed):
                    response["Allow"] = ", ".join((*(refusal.allowed or methods), "OPTIONS"))
            return shared(request, response)

        # What is sent here are secrets: no error report, such as the mail to a site's admins, repeats them.
        guarded = sensitive_post_parameters()(endpoint)
        marked: Endpoint = mark_json(csrf_exempt(transaction.non_atomic_requests(guarded)), beside_errors)
        limit_body(marked)
        return mark_cross_origin(marked) if is_cross_origin else marked

    return decorate


def _as_it_is(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    return response


def _options(allowed: str) -> HttpResponseBase:
    return HttpResponse(status=204, headers={"Allow": allowed, "Cache-Control": "no-store"})
