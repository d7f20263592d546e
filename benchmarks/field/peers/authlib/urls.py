"""The views that Authlib's documentation writes, and a protected one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from benchmarks.field.peers.authlib.server import Introspection, Revocation, require_oauth, server
from benchmarks.plain import NoOp


@method_decorator(require_oauth("read"), name="dispatch")
class Protected(NoOp):
    """The no-op view behind a token that must carry ``read``."""


def authorize(request: HttpRequest) -> Any:
    """Issue a code to the person who is logged in, without a question."""
    grant = server.get_consent_grant(request, end_user=request.user)
    return server.create_authorization_response(request, grant_user=request.user, grant=grant)


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """Issue tokens."""
    answer: HttpResponse = server.create_token_response(request)
    return answer


@csrf_exempt
def revoke(request: HttpRequest) -> HttpResponse:
    """Revoke a token."""
    answer: HttpResponse = server.create_endpoint_response(Revocation.ENDPOINT_NAME, request)
    return answer


@csrf_exempt
def introspect(request: HttpRequest) -> HttpResponse:
    """Say whether a token is live."""
    answer: HttpResponse = server.create_endpoint_response(Introspection.ENDPOINT_NAME, request)
    return answer


urlpatterns = [
    path("protected", Protected.as_view()),
    path("authorize", authorize),
    path("token", token),
    path("revoke", revoke),
    path("introspect", introspect),
]
