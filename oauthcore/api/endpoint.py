"""What every JSON endpoint of ours does around its own work: methods, CORS, refusals."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from oauthcore import events
from oauthcore.api.cors import allow_any_origin, preflight
from oauthcore.api.responses import error_response
from oauthcore.rules.errors import MethodNotAllowed, OAuthError

Endpoint = Callable[[HttpRequest], HttpResponseBase]


def json_endpoint(*methods: str, challenge: str = "Basic") -> Callable[[Endpoint], Endpoint]:
    """Make a view a JSON endpoint for these methods: any origin may call it, and a refusal is its answer.

    It is not part of ``ATOMIC_REQUESTS``: what a refusal writes, such as a revocation, must stay. Anything
    that is neither an answer nor a refusal goes to Django, and the middleware answers it in JSON.
    """
    allowed = ", ".join((*methods, "OPTIONS"))

    def decorate(view: Endpoint) -> Endpoint:
        @wraps(view)
        def endpoint(request: HttpRequest) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return allow_any_origin(preflight(allowed))
            try:
                if request.method not in methods:
                    raise MethodNotAllowed("the method is not allowed")
                response = view(request)
            except OAuthError as refusal:
                events.note_refusal(refusal)
                response = error_response(refusal, challenge=challenge)
                if isinstance(refusal, MethodNotAllowed):
                    response["Allow"] = allowed
            return allow_any_origin(response)

        marked: Endpoint = mark_json(csrf_exempt(transaction.non_atomic_requests(endpoint)))
        return marked

    return decorate


def mark_json(view: Any) -> Any:
    """Mark a view as one that answers JSON whatever goes wrong, and that no login middleware may redirect."""
    view.oauthcore_json = True
    view.login_required = False
    return view
