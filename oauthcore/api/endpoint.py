"""What every JSON endpoint of ours does around its own work: methods, CORS, refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from oauthcore import events
from oauthcore.api.cors import allow_any_origin, preflight
from oauthcore.api.discretion import SECRETS, hide_in_address
from oauthcore.api.json_routes import mark_json
from oauthcore.api.responses import error_response
from oauthcore.rules.errors import MethodNotAllowed, OAuthError

Endpoint = Callable[[HttpRequest], HttpResponseBase]


def json_endpoint(
    *methods: str, challenge: str = "Basic", beside_errors: Mapping[str, str] | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Make a view a JSON endpoint for these methods: any origin may call it, and a refusal is its answer.

    It is not part of ``ATOMIC_REQUESTS``: what a refusal writes, such as a revocation, must stay. Anything
    that is neither an answer nor a refusal goes to Django, and the middleware answers it in JSON. The
    ``challenge`` of a 401 is Basic where applications say who they are, and Bearer where a token is wanted;
    ``beside_errors`` is what a dialect has in every error.
    """
    allowed = ", ".join((*methods, "OPTIONS"))

    def decorate(view: Endpoint) -> Endpoint:
        @wraps(view)
        def endpoint(request: HttpRequest) -> HttpResponseBase:
            hide_in_address(request, SECRETS)
            if request.method == "OPTIONS":
                return allow_any_origin(preflight(allowed))
            try:
                if request.method not in methods:
                    raise MethodNotAllowed("the method is not allowed")
                response = view(request)
            except OAuthError as refusal:
                events.note_refusal(refusal)
                response = error_response(refusal, challenge=challenge, beside=beside_errors)
                if isinstance(refusal, MethodNotAllowed):
                    response["Allow"] = ", ".join((*(refusal.allowed or methods), "OPTIONS"))
            return allow_any_origin(response)

        # What is sent here are secrets: no error report, such as the mail to a site's admins, repeats them.
        guarded = sensitive_post_parameters()(endpoint)
        marked: Endpoint = mark_json(csrf_exempt(transaction.non_atomic_requests(guarded)), beside_errors)
        return marked

    return decorate
