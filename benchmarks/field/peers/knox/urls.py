"""Knox's views: people sign in with HTTP Basic, as its documentation has it for a login without a session."""

from django.urls import path
from knox.auth import TokenAuthentication
from knox.views import LoginView, LogoutView
from rest_framework.authentication import BasicAuthentication
from rest_framework.permissions import IsAuthenticated

from benchmarks.plain import NoOp


class Protected(NoOp):
    """The no-op view behind a token."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]


class Login(LoginView):  # type: ignore[misc]
    """A login with HTTP Basic."""

    authentication_classes = [BasicAuthentication]


urlpatterns = [
    path("protected", Protected.as_view()),
    path("login/", Login.as_view()),
    path("logout/", LogoutView.as_view()),
]
