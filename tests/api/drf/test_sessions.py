"""A session or a token in one view: ``requires("…", sessions=True)``, in DRF and in plain Django."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import AsyncClient, Client
from django.urls import include, path
from django.views.decorators.csrf import ensure_csrf_cookie
from rest_framework.permissions import IsAdminUser
from rest_framework.test import APIClient

from oauthcore.api.django import scopes_required
from oauthcore.api.drf import requires
from oauthcore.checks.views import check_sessions
from oauthcore.models import TOTPFactor
from tests.support.coroutines import run
from tests.support.factories import PASSWORD, UserFactory, bearer
from tests.support.sites.notes import Notes
from tests.support.sites.resources import Resource, who

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls(__name__),
    pytest.mark.sqlite_only("which of two credentials counts is decided in Python"),
]


class StaffNotes(Notes):
    permission_classes = [requires("read", sessions=True), IsAdminUser]


class ForgottenClass(Resource):
    permission_classes = [requires("read", sessions=True)]


@scopes_required("read", sessions=True)
def notes(request: HttpRequest) -> JsonResponse:
    return JsonResponse(who(request))


@scopes_required("read", sessions=True)
async def notes_async(request: HttpRequest) -> JsonResponse:
    return JsonResponse(who(request))


@ensure_csrf_cookie
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


urlpatterns = [
    path("", include("oauthcore.urls")),
    path("drf", Notes.as_view()),
    path("drf/staff", StaffNotes.as_view()),
    path("drf/forgotten", ForgottenClass.as_view()),
    path("plain", notes),
    path("plain/async", notes_async),
    path("home", home),
]

EVERY_KIND = pytest.mark.parametrize("where", ["/drf", "/plain", "/plain/async"])


def logged_in(**person: Any) -> Client:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(UserFactory(**{"username": "ada", **person}))
    return browser


def header(*scopes: str) -> dict[str, str]:
    return {"authorization": f"Bearer {bearer(scopes=scopes)}"}


@EVERY_KIND
def test_a_person_who_is_logged_in_gets_in_without_a_token(where):
    assert logged_in().get(where).json() == {"user": "ada", "scopes": None}


@EVERY_KIND
def test_their_session_needs_djangos_csrf_token_to_change_anything(where):
    browser = logged_in()

    refused = browser.post(where)
    assert (refused.status_code, refused.json()["error"]) == (403, "access_denied")
    assert refused["Content-Type"] == "application/json"

    browser.get("/home")
    token = browser.cookies["csrftoken"].value
    assert browser.post(where, headers={"x-csrftoken": token}).status_code == 200


@EVERY_KIND
def test_a_token_is_held_to_its_scopes_and_needs_no_csrf_token(where):
    browser = logged_in()

    assert browser.post(where, headers=header("read")).status_code == 200
    refused = browser.get(where, headers=header("api.images.read"))
    assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")
    assert 'scope="read"' in refused["WWW-Authenticate"]


@EVERY_KIND
def test_a_session_does_not_stand_in_for_a_bad_token(where):
    assert logged_in().get(where, headers={"authorization": "Bearer nonsense"}).status_code == 401


@EVERY_KIND
def test_who_has_neither_is_asked_for_a_token(where):
    refused = Client().get(where)

    assert refused.status_code == 401
    assert 'scope="read"' in refused["WWW-Authenticate"]


def test_what_else_the_view_asks_is_asked_of_sessions_and_of_tokens():
    assert logged_in().get("/drf/staff").status_code == 403
    assert logged_in(username="root", is_staff=True).get("/drf/staff").status_code == 200
    assert Client().get("/drf/staff", headers=header("read")).status_code == 403


def test_a_password_in_the_header_is_no_session():
    UserFactory(username="ada")

    assert APIClient().get("/drf").status_code == 401
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Basic {encoded('ada', PASSWORD)}")
    assert client.get("/drf").status_code == 401


def test_a_system_check_names_views_that_take_sessions_and_read_none():
    assert [(one.id, one.msg) for one in check_sessions()] == [
        ("oauthcore.W005", f"{__name__}.ForgottenClass takes sessions and reads none.")
    ]


def encoded(name: str, password: str) -> str:
    return b64encode(f"{name}:{password}".encode()).decode()


@EVERY_KIND
def test_a_login_that_passed_by_the_second_factor_is_none(where, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "JSON_PATHS": ["/drf"]}
    browser = logged_in(username="tess")
    TOTPFactor.objects.create(user=UserFactory._meta.model.objects.get(username="tess"))
    TOTPFactor.objects.update(confirmed_at="2030-01-01T00:00Z")
    browser.login(username="tess", password=PASSWORD)  # as a login page of the site's own does

    assert browser.get(where).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_under_asgi_it_is_the_same():
    person = UserFactory(username="ada")

    async def ask() -> list[Any]:
        browser = AsyncClient(enforce_csrf_checks=True)
        await browser.aforce_login(person)
        answers = [await browser.get("/plain/async"), await browser.post("/plain/async")]
        return [answer.status_code for answer in answers]

    assert run(ask()) == [200, 403]
