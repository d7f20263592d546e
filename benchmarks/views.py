"""The views that are measured beside the products' own: as small as they can be."""

from django.db import connection
from oauth2_provider.contrib.rest_framework import OAuth2Authentication, TokenHasScope
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from oauthcore.api.drf import BearerAuthentication, requires


class NoOp(APIView):
    """What Django REST framework costs before anybody has done anything."""

    def get(self, request: Request) -> Response:
        return Response({"ok": True})


class CursorSelect(APIView):
    """The same, and one row found by its primary key: the least that a check against a database can cost."""

    def get(self, request: Request) -> Response:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, username, is_active FROM auth_user WHERE id = %s", [1])
            row = cursor.fetchone()
        return Response({"ok": row is not None})


class ProtectedByUs(NoOp):
    """The no-op view behind a bearer token of ours that must carry ``read``."""

    authentication_classes = [BearerAuthentication]
    permission_classes = [requires("read")]


class ProtectedByRival(NoOp):
    """The no-op view behind a bearer token of django-oauth-toolkit that must carry ``read``."""

    authentication_classes = [OAuth2Authentication]
    permission_classes = [TokenHasScope]
    required_scopes = ["read"]
