"""One protected view for each product: as small as it can be."""

from oauth2_provider.contrib.rest_framework import OAuth2Authentication, TokenHasScope

from benchmarks.plain import NoOp, function
from oauthcore.api.django import scopes_required
from oauthcore.api.drf import BearerAuthentication, requires


class ProtectedByUs(NoOp):
    """The no-op view behind a bearer token of ours that must carry ``read``."""

    authentication_classes = [BearerAuthentication]
    permission_classes = [requires("read")]


class ProtectedByRival(NoOp):
    """The no-op view behind a bearer token of django-oauth-toolkit that must carry ``read``."""

    authentication_classes = [OAuth2Authentication]
    permission_classes = [TokenHasScope]
    required_scopes = ["read"]


protected_plain = scopes_required("read")(function)
