"""CORS: which pages may call what (wire §1), and the page of the guide, whose examples run here."""

from __future__ import annotations

import re
import sys
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.views import View
from rest_framework.routers import DefaultRouter

from oauthcore.api.django import cross_origin
from oauthcore.urls import urlpatterns as own_urlpatterns
from oauthcore.urls.deviantart import urlpatterns as deviantart_urlpatterns
from oauthcore.urls.mastodon import urlpatterns as mastodon_urlpatterns
from tests.support.factories import bearer, register
from tests.support.markdown import PAGES, code_blocks, section

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("CORS is decided by settings and headers"),
]

PAGE = PAGES["cors.md"]
OURS, OTHER = "https://app.example.org", "https://evil.example"
#: What programs call, with whatever becomes of it.
OPEN = ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/v1/me", "/oauth2/token", "/oauth2/revoke"]
OPEN += [
    "/.well-known/oauth-authorization-server",
    "/api/v1/apps",
    "/api/v1/instance",
    "/api/v1/oauth2/placebo",
]
OPEN += ["/v1/images", "/v1/uploads"]
CLOSED = [
    "/oauth/authorize",
    "/oauth/connections/",
    "/login",
    "/",
    "/admin/",
    "/v1/auth/sign_in",
    "/v1/auth/devices",
]


def block(language: str, holding: str) -> str:
    """Return the code block of the page that holds a text."""
    (found,) = [one for one in code_blocks(PAGE, language) if holding in one]
    return found


def run(code: str, **names: Any) -> dict[str, Any]:
    exec(code, names)
    return names


@cross_origin
class Notes(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("notes")


class SomeNotes(Notes):
    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("made")


router = DefaultRouter()
urlpatterns = [
    path("notes", Notes.as_view()),
    path("some", SomeNotes.as_view()),
    path("api/", include(router.urls)),
    path("", include("oauthcore.urls")),
]


@pytest.fixture
def listed(settings):
    """The site of the page's example, which names the origins."""
    given = run(block("python", 'CORS_ALLOWED_ORIGINS": ['))["OAUTHCORE"]
    settings.OAUTHCORE = settings.OAUTHCORE | {"CORS_ALLOWED_ORIGINS": given["CORS_ALLOWED_ORIGINS"]}


def send(address, method="GET", origin=OURS, **headers):
    return Client(raise_request_exception=False).generic(
        method, address, headers={"origin": origin, **headers}
    )


@pytest.mark.parametrize("method", ["OPTIONS", "GET", "POST", "TRACE"])
@pytest.mark.parametrize("address", OPEN)
def test_any_page_may_call_what_programs_call(address, method):
    answer = send(address, method)

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert "Origin" not in answer.get("Vary", "")


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("method", ["OPTIONS", "GET", "POST", "TRACE"])
@pytest.mark.parametrize("address", OPEN)
def test_where_origins_are_listed_only_their_pages_may(address, method):
    answer = send(address, method)
    assert answer["Access-Control-Allow-Origin"] == OURS
    assert "WWW-Authenticate" in answer["Access-Control-Expose-Headers"]

    for origin in (OTHER, "null", f"{OURS}.evil.example", "https://app.example.org:444", "", OURS.upper()):
        refused = send(address, method, origin)
        assert "Access-Control-Allow-Origin" not in refused
        assert refused.status_code == answer.status_code  # the browser keeps it from the page
    for one in (answer, refused):
        assert "Access-Control-Allow-Credentials" not in one
        assert "Origin" in one["Vary"]
        assert one["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", CLOSED)
@pytest.mark.parametrize("method", ["OPTIONS", "GET", "POST"])
@pytest.mark.parametrize("are_listed", [True, False])
def test_no_page_of_another_origin_may_call_what_people_see(address, method, are_listed, settings):
    if are_listed:
        settings.OAUTHCORE = settings.OAUTHCORE | {"CORS_ALLOWED_ORIGINS": [OURS]}

    answer = send(address, method)

    assert [name for name in answer.headers if name.startswith("Access-Control")] == []


def test_an_empty_list_allows_none(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"CORS_ALLOWED_ORIGINS": []}

    assert "Access-Control-Allow-Origin" not in send("/v1/me")


@pytest.mark.usefixtures("listed")
def test_a_program_that_is_no_browser_is_not_kept_out():
    registered = register()

    answer = Client().post("/oauth/token", registered.credentials | {"grant_type": "client_credentials"})

    assert answer.status_code == 200


@pytest.mark.urls(__name__)
def test_a_class_is_wrapped_with_all_views_made_of_it_and_of_its_children():
    assert send("/notes")["Access-Control-Allow-Origin"] == "*"
    assert send("/notes", "OPTIONS")["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert send("/some", "OPTIONS")["Access-Control-Allow-Methods"] == "GET, HEAD, POST, OPTIONS"


@pytest.fixture
def viewset():
    """The viewset of the page, behind a router."""
    notes = run(block("python", "class Notes(ViewSet)"))["Notes"]
    router.register("notes", notes, basename="notes")
    urlpatterns[2] = path("api/", include(router.urls))
    return notes


@pytest.mark.urls(__name__)
def test_the_pages_viewset_answers_its_preflight_as_the_page_says(viewset, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DPOP": False}  # the page shows a site that has no more
    asked, told = block("http", "OPTIONS /api/notes/").split("\n\n")
    headers = dict(line.split(": ", 1) for line in asked.splitlines()[1:])

    answer = Client().options(asked.split()[1], headers=headers)

    assert answer.status_code == 204
    for line in told.splitlines()[1:]:
        name, value = line.split(": ", 1)
        assert answer[name] == value
    asked_with = Client().get("/api/notes/", headers={"authorization": f"Bearer {bearer()}"})
    assert (asked_with.status_code, asked_with["Access-Control-Allow-Origin"]) == (200, "*")
    without = Client().post("/api/notes/")
    assert (without.status_code, without["Access-Control-Allow-Origin"]) == (401, "*")


def test_the_pages_route_is_wrapped(monkeypatch):
    views = ModuleType("mysite.views")
    vars(views)["NoteList"] = SomeNotes
    package = ModuleType("mysite")
    vars(package)["views"] = views
    monkeypatch.setitem(sys.modules, "mysite", package)
    monkeypatch.setitem(sys.modules, "mysite.views", views)

    (route,) = run(block("python", "views.NoteList"))["urlpatterns"]

    assert route.callback.oauthcore_cross_origin


def test_the_settings_for_django_cors_headers_leave_our_routes_alone():
    given = run(block("python", "corsheaders"))

    assert given["MIDDLEWARE"][0] == "oauthcore.middleware.RequestIdMiddleware"
    ours = [*own_urlpatterns, *mastodon_urlpatterns, *deviantart_urlpatterns]
    assert [one for one in ours if re.match(given["CORS_URLS_REGEX"], f"/{one.pattern}")] == []
    assert re.match(given["CORS_URLS_REGEX"], "/api/notes/")


def test_the_page_names_what_is_never_allowed():
    for name in ("authorize", "/v1/auth/", "admin"):
        assert (
            name
            in section(PAGE, "Pages of other origins (CORS)").partition("| never |")[2].partition("\n")[0]
        )
