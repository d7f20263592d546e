"""Scopes joined to other permissions: with "and" they are required, with anything else they would not be."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import include, path
from rest_framework.permissions import IsAuthenticated

from oauthcore import checks
from oauthcore.api.permissions import requires
from tests.api.resources import Resource
from tests.factories import bearer

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class Both(Resource):
    permission_classes = [IsAuthenticated & requires("read")]


class Either(Resource):
    permission_classes = [IsAuthenticated | requires("read")]


class Neither(Resource):
    permission_classes = [~requires("read")]


urlpatterns = [
    path("", include("oauthcore.urls")),
    path("both", Both.as_view()),
    path("either", Either.as_view()),
    path("neither", Neither.as_view()),
]


def status(where: str, *scopes: str) -> int:
    token = bearer(scopes=scopes)
    return Client().get(f"/{where}", headers={"authorization": f"Bearer {token}"}).status_code


def test_what_is_joined_with_and_is_required():
    assert status("both", "read") == 200
    assert status("both", "api.images.read") == 403


@pytest.mark.parametrize("where", ["either", "neither"])
def test_what_is_joined_otherwise_refuses_every_token(where):
    assert status(where, "read") == 403
    assert status(where, "api.images.read") == 403


def test_a_system_check_names_views_that_join_otherwise():
    named = [message.msg.split()[0].rpartition(".")[2] for message in checks.views.check_views()]
    assert named == ["Either", "Neither"]
