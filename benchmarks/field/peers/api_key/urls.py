"""A protected view."""

from django.urls import path
from rest_framework_api_key.permissions import HasAPIKey

from benchmarks.plain import NoOp


class Protected(NoOp):
    """The no-op view behind an API key."""

    permission_classes = [HasAPIKey]


urlpatterns = [path("protected", Protected.as_view())]
