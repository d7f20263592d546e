"""``requires("…", person=True)``: what is a person's own is for nobody who acts for themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response

from oauthcore.api.django import scopes_required
from oauthcore.api.drf import requires
from tests.support.factories import UserFactory, bearer, service_token
from tests.support.oauth import OAuthClient, register
from tests.support.reference_site.factories import AccountFactory
from tests.support.sites.resources import Resource

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls(__name__),
    pytest.mark.sqlite_only("a permission reads the verified token, without a query"),
]


def entries(request: Any) -> dict[str, int]:
    """Count what the person has done, as views filter by their owner."""
    return {"mine": LogEntry.objects.filter(user=request.user).count()}


class Mine(Resource):
    permission_classes = [requires("read", person=True)]

    def get(self, request: Request) -> Response:
        return Response(entries(request))


@scopes_required("read", person=True)
def mine(request: HttpRequest) -> JsonResponse:
    return JsonResponse(entries(request))


urlpatterns = [path("", include("oauthcore.urls")), path("drf", Mine.as_view()), path("plain", mine)]
EVERY_KIND = pytest.mark.parametrize("where", ["/drf", "/plain"])


def get(where: str, token: str) -> Any:
    return Client().get(where, headers={"authorization": f"Bearer {token}"})


@EVERY_KIND
def test_a_persons_token_gets_in(where):
    assert get(where, bearer(user=UserFactory())).json() == {"mine": 0}


@EVERY_KIND
def test_a_service_token_and_an_application_for_itself_are_refused_whatever_their_scopes(where):
    oauth = OAuthClient(register())
    of_itself = oauth.token(grant_type="client_credentials", scope="read").json()["access_token"]

    for token in (service_token(AccountFactory().uuid, scopes=["read"]), of_itself):
        refused = get(where, token)

        assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")
        assert refused.json()["error_description"].startswith("This access token does not act for a person.")
        assert 'scope="read"' in refused["WWW-Authenticate"]


@EVERY_KIND
def test_a_person_needs_the_scope_as_well(where):
    refused = get(where, bearer(scopes=["api.images.read"]))

    assert refused.json()["error_description"].startswith("The access token does not have the scope")
