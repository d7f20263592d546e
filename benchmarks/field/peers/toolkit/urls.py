"""The routes of django-oauth-toolkit, and a protected view."""

from django.urls import include, path
from oauth2_provider.contrib.rest_framework import OAuth2Authentication, TokenHasScope

from benchmarks.plain import NoOp


class Protected(NoOp):
    """The no-op view behind a token that must carry ``read``."""

    authentication_classes = [OAuth2Authentication]
    permission_classes = [TokenHasScope]
    required_scopes = ["read"]


urlpatterns = [path("rival/protected", Protected.as_view()), path("rival/", include("oauth2_provider.urls"))]
