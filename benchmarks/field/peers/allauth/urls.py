"""allauth's routes, and a protected view."""

from allauth.idp.oidc.contrib.rest_framework.authentication import TokenAuthentication
from allauth.idp.oidc.contrib.rest_framework.permissions import TokenPermission
from django.urls import include, path

from benchmarks.plain import NoOp


class Protected(NoOp):
    """The no-op view behind a token that must carry ``read``."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [TokenPermission.has_scope("read")]


urlpatterns = [path("protected", Protected.as_view()), path("", include("allauth.idp.urls"))]
