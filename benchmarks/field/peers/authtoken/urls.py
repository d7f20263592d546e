"""Its view, and a protected one."""

from django.urls import path
from rest_framework.authentication import TokenAuthentication
from rest_framework.authtoken.views import obtain_auth_token
from rest_framework.permissions import IsAuthenticated

from benchmarks.plain import NoOp


class Protected(NoOp):
    """The no-op view behind a token."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]


urlpatterns = [path("protected", Protected.as_view()), path("token/", obtain_auth_token)]
