"""A view that takes sessions and tokens."""

from __future__ import annotations

from rest_framework.authentication import BasicAuthentication, SessionAuthentication

from oauthcore.api.drf import BearerAuthentication, requires
from tests.support.sites.resources import Resource


class Notes(Resource):
    authentication_classes = [BearerAuthentication, SessionAuthentication, BasicAuthentication]
    permission_classes = [requires("read", sessions=True)]
