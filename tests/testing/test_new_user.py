"""A site by somebody who had read the tutorial and docs/testing.md, and nothing else: an API with its tests.

It has a router, a view for people and one for scripts, a session beside tokens, and a public view.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.tutorial_site import quickly_tested, run, site_of_the_tutorial

pytestmark = pytest.mark.sqlite_only("the processes it starts have a SQLite database of their own")

SETTINGS = """
INSTALLED_APPS += ["books"]
OAUTHCORE["SCOPES"] |= {
    "books.read": {"description": "Read your books", "group": "Books"},
    "books.write": {"description": "Add books", "group": "Books"},
}
REST_FRAMEWORK |= {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "oauthcore.api.drf.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
}
"""

MODELS = """
from django.conf import settings
from django.db import models


class Book(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    title = models.CharField(max_length=100)
"""

VIEWS = """
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from books.models import Book
from oauthcore.api.drf import Public, requires


class BookSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["id", "title"]


class Books(viewsets.ModelViewSet):
    serializer_class = BookSerializer

    def get_permissions(self):
        if self.action == "count":
            return [requires("books.read")()]
        if self.action == "about":
            return [Public()]
        scope = "books.read" if self.request.method in ("GET", "HEAD", "OPTIONS") else "books.write"
        return [requires(scope, person=True, sessions=True)()]

    def get_queryset(self):
        return Book.objects.filter(owner=self.request.user)

    def perform_create(self, serializer):
        serializer.save(owner=self.request.user)

    @action(detail=False)
    def count(self, request):
        return Response({"books": Book.objects.count()})

    @action(detail=False)
    def about(self, request):
        return Response({"about": "books"})
"""

URLS = """
from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from books.views import Books
from oauthcore.pages.login import LoginView

router = DefaultRouter()
router.register("books", Books, basename="book")
urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("oauthcore.urls")),
    path("login", LoginView.as_view(), name="login"),
    path("api/", include(router.urls)),
]
"""

TESTS = """
from django.contrib.auth.models import User
from django.test import Client, TestCase
from rest_framework.test import APIClient

from books.models import Book
from oauthcore.testing import service_token, sign_in_token_for, token_for


class BooksTests(TestCase):
    def setUp(self):
        self.ada = User.objects.create_user("ada")
        self.ben = User.objects.create_user("ben")
        Book.objects.create(owner=self.ben, title="Emma")

    def as_(self, user, scopes):
        return APIClient(headers=token_for(user, scopes).headers)

    def test_a_person_adds_a_book_and_sees_only_their_own(self):
        client = self.as_(self.ada, "books.read books.write")
        self.assertEqual(client.post("/api/books/", {"title": "Dune"}).status_code, 201)
        self.assertEqual([one["title"] for one in client.get("/api/books/").json()], ["Dune"])

    def test_reading_is_not_writing(self):
        answer = self.as_(self.ada, ["books.read"]).post("/api/books/", {"title": "Dune"})
        self.assertEqual(answer.status_code, 403)
        self.assertIn('scope="books.write"', answer["WWW-Authenticate"])

    def test_a_script_counts_books_but_has_none(self):
        client = Client(headers=service_token(["books.read"]).headers)
        self.assertEqual(client.get("/api/books/count/").json(), {"books": 1})
        self.assertEqual(client.get("/api/books/").status_code, 403)

    def test_the_website_reads_with_its_session(self):
        client = Client()
        client.force_login(self.ben)
        self.assertEqual([one["title"] for one in client.get("/api/books/").json()], ["Emma"])

    def test_a_forced_token_is_held_to_its_scopes(self):
        client = APIClient()
        client.force_authenticate(self.ben, token_for(self.ben, ["books.read"]))
        self.assertEqual(client.get("/api/books/").status_code, 200)
        client.force_authenticate(self.ben, token_for(self.ben, ["read"]))
        self.assertEqual(client.get("/api/books/").status_code, 403)

    def test_the_app_of_the_site_reads(self):
        client = Client(headers=sign_in_token_for(self.ben).headers)
        self.assertEqual(client.get("/api/books/").status_code, 200)

    def test_anybody_may_know_what_it_is_about(self):
        self.assertEqual(Client().get("/api/books/about/").status_code, 200)
        self.assertEqual(Client().get("/api/").status_code, 200)
"""


def test_an_api_and_its_tests_work_as_a_newcomer_wrote_them(tmp_path: Path) -> None:
    site_of_the_tutorial(tmp_path)
    assert run(tmp_path, "manage.py", "startapp", "books").returncode == 0
    (tmp_path / "books/models.py").write_text(MODELS)
    (tmp_path / "books/views.py").write_text(VIEWS)
    (tmp_path / "books/tests.py").write_text(TESTS)
    (tmp_path / "mysite/urls.py").write_text(URLS)
    settings = tmp_path / "mysite/settings.py"
    settings.write_text(settings.read_text() + SETTINGS)
    quickly_tested(tmp_path)  # test_page.py runs the tests of a site with its migrations

    for command in (["makemigrations", "books"], ["check", "--fail-level", "WARNING"], ["test", "books"]):
        told = run(tmp_path, "manage.py", *command)
        assert told.returncode == 0, told.stderr

    assert f"Ran {len(re.findall('def test_', TESTS))} tests" in told.stderr
