"""System checks of the URLconf: scopes that nobody has, routes that are not mounted, no page to log in on."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from oauthcore.api.django import scopes_required
from oauthcore.api.drf import BearerAuthentication, requires
from oauthcore.checks.project import check_routes
from oauthcore.checks.views import check_required_scopes

pytestmark = pytest.mark.sqlite_only("system checks read the URLconf alone")


class Notes(APIView):
    authentication_classes = [BearerAuthentication]
    permission_classes = [IsAuthenticated & requires("read", "notes.reed")]

    def get(self, request: Request) -> Response:
        return Response({})


@scopes_required("notes.wright")
def note(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("", include("oauthcore.urls")),
    path("notes", Notes.as_view()),
    path("note", note),
]


@pytest.mark.urls(__name__)
def test_a_view_requires_scopes_that_the_site_has():
    faults = [message.msg.split(" requires ")[1] for message in check_required_scopes()]

    assert faults == [
        "'notes.reed', which is not in SCOPES.",
        "'notes.wright', which is not in SCOPES.",
    ]


def test_every_view_of_the_reference_site_requires_scopes_that_it_has():
    assert check_required_scopes() == []


@pytest.mark.urls("reference_site.playground.urls")
def test_the_routes_are_mounted():
    assert [message.id for message in check_routes()] == ["oauthcore.E017"]


@pytest.mark.parametrize("login_url", ["/nowhere", "no-such-name", "/accounts/login/?next=x"])
def test_there_is_a_page_to_log_in_on(login_url, settings):
    assert check_routes() == []

    settings.LOGIN_URL = login_url

    assert [message.id for message in check_routes()] == ["oauthcore.E017"]


@pytest.mark.parametrize(
    "login_url", ["login", "/login", "/login?theme=dark", "https://accounts.example/login"]
)
def test_the_page_may_be_named_or_elsewhere(login_url, settings):
    settings.LOGIN_URL = login_url

    assert check_routes() == []


@pytest.mark.parametrize(
    ("page", "found"),
    [("", []), ("playground:start", []), ("/nowhere", ["oauthcore.E017"]), ("no-such", ["oauthcore.E017"])],
)
def test_the_page_that_plays_an_application_exists_where_it_is_named(page, found, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "TEST_PAGE": page}

    assert [message.id for message in check_routes()] == found
