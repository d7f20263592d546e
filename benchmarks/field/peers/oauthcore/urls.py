"""oauthcore's routes, and a protected view."""

from django.urls import include, path

from benchmarks.plain import NoOp
from oauthcore.api.drf import BearerAuthentication, requires


class Protected(NoOp):
    """The no-op view behind a token that must carry ``read``."""

    authentication_classes = [BearerAuthentication]
    permission_classes = [requires("read")]


urlpatterns = [path("ours/protected", Protected.as_view()), path("", include("oauthcore.urls"))]
