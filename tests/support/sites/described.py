"""A site whose own views are described: each requires something else of a token."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAdminUser, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import exception_handler

from oauthcore.api.drf import BearerAuthentication, Public, requires


class Note(serializers.Serializer[Any]):
    """A note."""

    text = serializers.CharField()


class Rare(UserRateThrottle):
    """Once a day."""

    rate = "1/day"


class Notes(GenericAPIView[Any]):
    """The notes of the person, one of ``each``."""

    authentication_classes = [BearerAuthentication, SessionAuthentication]
    permission_classes = [requires("read")]
    serializer_class = Note

    def get(self, request: Request, **captured: str) -> Response:
        return Response({"text": "a note"})

    def post(self, request: Request, **captured: str) -> Response:
        return Response({"text": "a note"}, status=201)


class Declared(Notes):
    """A view that describes an answer itself."""

    @extend_schema(responses={200: Note, 403: Note})
    def get(self, request: Request, **captured: str) -> Response:
        raise APIException


class OwnErrors(Notes):
    """A view whose errors have REST framework's own format."""

    def get_exception_handler(self) -> Any:
        return exception_handler


class Other(GenericAPIView[Any]):
    """A view that takes no tokens."""

    authentication_classes = [SessionAuthentication]
    permission_classes = [IsAuthenticated]
    serializer_class = Note

    def get(self, request: Request) -> Response:
        return Response({"text": "a note"})


def index(request: HttpRequest) -> None:
    """A plain view, which no description has."""


urlpatterns = [
    path("", include("oauthcore.urls")),
    path("index", index),
    path("notes", Notes.as_view()),
    path("notes/<int:number>", Notes.as_view()),
    path("sessions", Notes.as_view(permission_classes=[requires("read", sessions=True)])),
    path("people", Notes.as_view(permission_classes=[requires("read", person=True)])),
    path("recent", Notes.as_view(permission_classes=[requires("read", max_age=60)])),
    path("both", Notes.as_view(permission_classes=[requires("read") & requires("write")])),
    path("either", Notes.as_view(permission_classes=[requires("read") | requires("write")])),
    path("staff", Notes.as_view(permission_classes=[requires("read") | IsAdminUser])),
    path("public", Notes.as_view(permission_classes=[Public])),
    path("any", Notes.as_view(permission_classes=[requires()])),
    path("rare", Notes.as_view(throttle_classes=[Rare])),
    path("silent", Notes.as_view(permission_classes=[IsAuthenticated])),
    path("tokens", Notes.as_view(authentication_classes=[BearerAuthentication])),
    path("declared", Declared.as_view()),
    path("own-errors", OwnErrors.as_view()),
    path("other", Other.as_view()),
]
