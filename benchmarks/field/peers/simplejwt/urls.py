"""SimpleJWT's views, and two protected ones: one asks for the person, and one believes the token."""

from django.urls import path
from rest_framework.permissions import IsAuthenticated
from rest_framework_simplejwt.authentication import JWTAuthentication, JWTStatelessUserAuthentication
from rest_framework_simplejwt.views import TokenBlacklistView, TokenObtainPairView, TokenRefreshView

from benchmarks.plain import NoOp


class Protected(NoOp):
    """The no-op view behind a token whose person is read from the database."""

    authentication_classes = [JWTAuthentication]
    permission_classes = [IsAuthenticated]


class Stateless(Protected):
    """The no-op view behind a token that is believed until it expires."""

    authentication_classes = [JWTStatelessUserAuthentication]


urlpatterns = [
    path("protected", Protected.as_view()),
    path("stateless", Stateless.as_view()),
    path("token/", TokenObtainPairView.as_view()),
    path("token/refresh/", TokenRefreshView.as_view()),
    path("token/blacklist/", TokenBlacklistView.as_view()),
]
