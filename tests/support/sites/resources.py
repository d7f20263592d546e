"""A small site of protected resources: views as users of the library write them, DRF, plain and async.

``@pytest.mark.urls("tests.support.sites.resources")`` mounts them.
"""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from oauthcore.api.django import scopes_required
from oauthcore.api.drf import BearerAuthentication, requires
from oauthcore.pages.login import LoginView


def who(request: HttpRequest | Request) -> dict[str, object]:
    """Say who came, as a view sees it."""
    auth = getattr(request, "auth", None)
    return {"user": str(request.user), "scopes": sorted(auth.scopes) if auth else None}


class Resource(APIView):
    """A view with our authentication only."""

    authentication_classes = [BearerAuthentication]
    permission_classes = [requires("read")]

    def get(self, request: Request) -> Response:
        return Response(who(request))

    post = get


class AnyToken(Resource):
    permission_classes = [requires()]


class Images(Resource):
    permission_classes = [requires("read", "api.images.read")]


class Joined(Resource):
    """Says what it requires in several places, as views come to do."""

    permission_classes = [requires("api.images.read"), IsAuthenticated & requires("read")]


class SiteSays401(Resource):
    """Asks with the site's own permission first, which knows nothing of scopes."""

    permission_classes = [IsAuthenticated, requires("read")]


class SessionFirst(Resource):
    """The order that DRF's documentation shows, and that a system check forbids."""

    authentication_classes = [SessionAuthentication, BearerAuthentication]


class SessionSecond(Resource):
    """A view that browsers reach too."""

    authentication_classes = [BearerAuthentication, SessionAuthentication]


class SaysNothing(Resource):
    permission_classes = [AllowAny]


class ChoosesLater(Resource):
    """Says at run time what it requires."""

    permission_classes = []

    def get_permissions(self) -> list[object]:
        return [requires("read")()] if self.request.method == "GET" else []


@scopes_required("read")
def plain(request: HttpRequest) -> JsonResponse:
    return JsonResponse(who(request))


@scopes_required("read")
async def plain_async(request: HttpRequest) -> JsonResponse:
    return JsonResponse(who(request))


@scopes_required()
def plain_any(request: HttpRequest) -> JsonResponse:
    return JsonResponse(who(request))


@scopes_required("read")
def breaks(request: HttpRequest) -> JsonResponse:
    raise RuntimeError("a bug of the site")


@scopes_required("read")
@scopes_required("api.images.read")
def plain_twice(request: HttpRequest) -> JsonResponse:
    return JsonResponse(who(request))


class Echo(Resource):
    """Says what the form holds."""

    def post(self, request: Request) -> Response:
        return Response(request.data.dict())


@scopes_required("read")
def echo(request: HttpRequest) -> JsonResponse:
    return JsonResponse({**request.GET.dict(), **request.POST.dict()})


urlpatterns = [
    path("", include("oauthcore.urls")),
    path("", include("oauthcore.urls.deviantart")),
    path("api/v1/oauth2/user/whoami", plain),
    path("oauth2/of-the-site", Resource.as_view()),
    path("login", LoginView.as_view(), name="login"),
    path("drf/echo", Echo.as_view()),
    path("plain/echo", echo),
    path("drf", Resource.as_view()),
    path("drf/any", AnyToken.as_view()),
    path("drf/images", Images.as_view()),
    path("drf/joined", Joined.as_view()),
    path("drf/site-says-401", SiteSays401.as_view()),
    path("drf/session-first", SessionFirst.as_view()),
    path("drf/session-second", SessionSecond.as_view()),
    path("drf/says-nothing", SaysNothing.as_view()),
    path("drf/chooses-later", ChoosesLater.as_view()),
    path("plain", plain),
    path("plain/async", plain_async),
    path("plain/twice", plain_twice),
    path("plain/any", plain_any),
    path("plain/breaks", breaks),
]
