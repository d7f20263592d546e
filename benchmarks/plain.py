"""The least that a view can do: nothing, and nothing beside one SELECT."""

from django.db import connection
from django.http import HttpRequest, JsonResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


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


def function(request: HttpRequest) -> JsonResponse:
    """What Django costs, without Django REST framework."""
    return JsonResponse({"ok": True})
