"""A site that uses the other packages, and what it mounts when it has moved: the views of both.

``@pytest.mark.urls("tests.support.sites.former_packages")`` mounts them, while the packages of
``tests.support.former_packages`` are installed.
"""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from knox.views import LoginView as KnoxLogin
from rest_framework.authentication import BasicAuthentication
from rest_framework.authtoken.views import obtain_auth_token
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_api_key.permissions import HasAPIKey
from rest_framework_simplejwt.views import TokenBlacklistView, TokenObtainPairView, TokenRefreshView

from oauthcore.api.django import scopes_required


class Login(KnoxLogin):
    """Knox's view, as its documentation has it: a password by HTTP Basic."""

    authentication_classes = [BasicAuthentication]


class OfKeys(APIView):
    """A view for API keys."""

    authentication_classes: list[object] = []
    permission_classes = [HasAPIKey]

    def get(self, request: Request) -> Response:
        return Response({})


class ObtainPair(TokenObtainPairView):
    permission_classes = [AllowAny]


@scopes_required("read")
def read(request: HttpRequest) -> JsonResponse:
    """A view that has moved."""
    return JsonResponse({"user": str(request.user), "kind": request.auth.kind})


urlpatterns = [
    path("before/knox/login/", Login.as_view()),
    path("before/authtoken/", obtain_auth_token),
    path("before/keys/", OfKeys.as_view()),
    path("before/token/", ObtainPair.as_view()),
    path("before/token/refresh/", TokenRefreshView.as_view()),
    path("before/token/blacklist/", TokenBlacklistView.as_view()),
    path("", include("reference_site.urls")),
    path("api/", include("oauthcore.urls.simplejwt")),
    path("api/auth/", include("oauthcore.urls.knox")),
    path("read", read),
]
