"""Protected views, in REST framework and in plain Django."""

from collections.abc import Mapping
from typing import IO, Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from oauthcore.addresses import at_issuer
from oauthcore.api.django import cross_origin, scopes_required
from oauthcore.api.drf import (
    BearerAuthentication,
    Integration,
    Public,
    StrictFormParser,
    StrictJSONParser,
    StrictMultiPartParser,
    VerifiedToken,
    WholeBody,
    content_length,
    query_parameters,
    require_as_it_is,
    requires,
)
from oauthcore.converters import NumberConverter, whole_number
from oauthcore.errors import InsufficientScope, OAuthError, TemporarilyUnavailable, Throttled
from oauthcore.models import Grant, Token
from oauthcore.pages.login import complete_login, count_password


class CSVParser(BaseParser):
    """Reads a body in pieces, and refuses one that was cut short."""

    media_type = "text/csv"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, bytes]:
        context = parser_context or {}
        require_as_it_is(context)
        return {"table": WholeBody(stream, declared=content_length(context["request"])).read()}


class Notes(APIView):
    """Notes, for everybody whose token has the scope."""

    authentication_classes = [BearerAuthentication]
    permission_classes = [requires("notes.read", person=True)]
    parser_classes = [StrictJSONParser, StrictFormParser, StrictMultiPartParser, CSVParser]

    def get(self, request: Request) -> Response:
        token = request.auth
        assert isinstance(token, VerifiedToken)
        token.require("notes.read")
        grant: Grant = token.grant
        row: Token = token.token
        most = whole_number(query_parameters(request._request, {"most"}).get("most") or "10")
        return Response(
            {"grant": str(grant.uuid), "token": str(row), "most": most, "may": sorted(token.scopes)}
        )


class Prices(APIView):
    """Open to everybody."""

    permission_classes = [Public]

    def get(self, request: Request) -> Response:
        is_program = isinstance(request.user, Integration)
        return Response({"note": "free", "at": at_issuer("/"), "is_program": is_program})


@cross_origin
@scopes_required("notes.read")
def count(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"notes": 1, "pattern": NumberConverter.regex})


@scopes_required("notes.write", max_age=300)
async def clear(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"cleared": True})


def unlock(request: HttpRequest, user: User) -> HttpResponseBase:
    try:
        tries = count_password(user.get_username(), user=user)
    except Throttled as refusal:
        return JsonResponse({"wait": refusal.retry_after}, status=refusal.status)
    except (InsufficientScope, TemporarilyUnavailable, OAuthError) as refusal:
        return JsonResponse({"error": refusal.error, "text": refusal.description}, status=refusal.status)
    if not user.check_password(request.POST.get("password", "")):
        return HttpResponse(status=400)
    tries.give_back()
    complete_login(request, user, "django.contrib.auth.backends.ModelBackend", amr=("pwd",))
    return HttpResponse()
