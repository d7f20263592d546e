"""Views that are public on purpose say so; DRF's own list of a router's routes need not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from rest_framework.decorators import action, api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import APIRootView, DefaultRouter
from rest_framework.viewsets import ViewSet

from oauthcore.api.drf import BearerAuthentication, Public, requires
from oauthcore.checks.views import check_views
from tests.support.factories import bearer
from tests.support.sites.resources import Resource, SaysNothing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls(__name__),
    pytest.mark.sqlite_only("a permission reads the view's declaration, without a query"),
]


class Prices(Resource):
    permission_classes = [Public]


@api_view(["GET"])
@authentication_classes([BearerAuthentication])
@permission_classes([Public])
def opening_hours(request: Request) -> Response:
    return Response({"user": str(request.user)})


class Notes(ViewSet):
    authentication_classes = [BearerAuthentication]
    permission_classes = [requires("read")]

    def list(self, request: Request) -> Response:
        return Response([])

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response({})

    @action(detail=False, permission_classes=[AllowAny])
    def forgotten(self, request: Request) -> Response:
        return Response([])

    @action(detail=False, permission_classes=[Public])
    def public(self, request: Request) -> Response:
        return Response([])


class Root(APIRootView):
    authentication_classes = [BearerAuthentication]


class OfOurOwn(DefaultRouter):
    APIRootView = Root


def routed(router: Any) -> Any:
    router.register("notes", Notes, basename="note")
    return router.urls


class DRFsOwn(DefaultRouter):
    """As it is where these two classes are the defaults of the site."""

    def get_api_root_view(self, api_urls: Any = None) -> Any:
        return APIRootView.as_view(
            api_root_dict={"notes": "note-list"},
            authentication_classes=[BearerAuthentication],
            permission_classes=[IsAuthenticated],
        )


urlpatterns = [
    path("", include("oauthcore.urls")),
    path("prices", Prices.as_view()),
    path("hours", opening_hours),
    path("says", SaysNothing.as_view(permission_classes=[Public])),
    path("forgets", Prices.as_view(permission_classes=[AllowAny])),
    path("api/", include(routed(DRFsOwn()))),
    path("own/", include((routed(OfOurOwn()), "own"))),
]

PUBLIC = pytest.mark.parametrize("where", ["/prices", "/hours", "/says", "/api/notes/public/"])


@PUBLIC
def test_anybody_gets_in_and_so_does_any_live_token(where):
    for headers in ({}, {"authorization": f"Bearer {bearer(scopes=['api.images.read'])}"}):
        assert Client().get(where, headers=headers).status_code == 200


@PUBLIC
def test_a_bad_token_is_refused_there_too(where):
    assert Client().get(where, headers={"authorization": "Bearer nonsense"}).status_code == 401


def test_a_routers_list_of_routes_asks_what_the_site_asks_by_default_and_no_scope():
    token = bearer(scopes=["api.images.read"])

    assert Client().get("/api/").status_code == 401
    assert Client().get("/api/", headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_the_check_passes_them_over_and_its_hint_names_the_marker():
    found = check_views()

    assert [message.msg for message in found] == [
        f"{__name__}.Prices requires no scopes.",  # as it is mounted at /forgets
        f"{__name__}.Notes requires no scopes.",  # its action "forgotten", named once
        f"{__name__}.Root requires no scopes.",
    ]
    assert all("Public" in message.hint and message.id == "oauthcore.E011" for message in found)
