"""Scopes joined to other permissions, as DRF says: with "and" both are required, with "or" one is enough."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import include, path
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission, IsAdminUser, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from oauthcore import checks
from oauthcore.api.drf import BearerAuthentication, requires
from oauthcore.models import SecurityEvent
from oauthcore.recording import events
from tests.support.factories import UserFactory, bearer
from tests.support.sites.resources import Resource

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls(__name__),
    pytest.mark.sqlite_only("permission classes that combine in Python"),
]


class IsGrace(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return str(request.user) == "grace"

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        return str(request.user) == "grace"


class Both(Resource):
    permission_classes = [IsAuthenticated & requires("read")]


class Either(Resource):
    authentication_classes = [BearerAuthentication, SessionAuthentication]
    permission_classes = [requires("read") | IsAdminUser]


class EitherWay(Either):
    permission_classes = [IsAdminUser | requires("read")]


class OneOfMany(Either):
    permission_classes = [(IsAdminUser | IsGrace) | (requires("read", "write") & IsAuthenticated)]


class EitherScope(Resource):
    permission_classes = [requires("read") | requires("write")]


class BothAndEither(Resource):
    permission_classes = [requires("read"), requires("write") | IsGrace]


class ByObject(Either):
    permission_classes = [requires("read") | IsGrace]

    def get(self, request: Request) -> Response:
        self.check_object_permissions(request, object())
        return super().get(request)


class SaysNo(Either):
    """Lets grace in without the scope, and then refuses her for a reason of its own."""

    permission_classes = [requires("read") | IsGrace]

    def get(self, request: Request) -> Response:
        raise PermissionDenied


class OfDRF(Either):
    def get_exception_handler(self) -> Any:
        return drf_exception_handler


class Neither(Resource):
    permission_classes = [~requires("read")]


class Anybody(Either):
    permission_classes = [IsAuthenticated | requires("read")]


VIEWS = {
    "both": Both,
    "either": Either,
    "either-way": EitherWay,
    "one-of-many": OneOfMany,
    "either-scope": EitherScope,
    "both-and-either": BothAndEither,
    "by-object": ByObject,
    "says-no": SaysNo,
    "of-drf": OfDRF,
    "neither": Neither,
    "anybody": Anybody,
}
urlpatterns = [
    path("", include("oauthcore.urls")),
    *(path(where, view.as_view()) for where, view in VIEWS.items()),
]

ADA, GRACE, STAFF = {"username": "ada"}, {"username": "grace"}, {"username": "root", "is_staff": True}


def get(where: str, *scopes: str, **person: Any) -> Any:
    """Ask with the token of a person that has these scopes."""
    token = bearer(scopes=scopes, user=UserFactory(**person))
    return Client().get(f"/{where}", headers={"authorization": f"Bearer {token}"})


def test_what_is_joined_with_and_is_required():
    assert get("both", "read").status_code == 200
    assert get("both", "api.images.read").status_code == 403


@pytest.mark.parametrize("where", ["either", "either-way", "one-of-many", "of-drf"])
def test_of_what_is_joined_with_or_one_side_is_enough(where):
    assert get(where, "read", "write").status_code == 200
    assert get(where, "api.images.read", **STAFF).status_code == 200


def test_people_with_a_session_get_in_by_the_other_side():
    for person, status in ((STAFF, 200), (ADA, 403)):
        browser = Client()
        browser.force_login(UserFactory(**person))

        assert browser.get("/either").status_code == status


@pytest.mark.parametrize(
    ("where", "scope"), [("either", "read"), ("either-way", "read"), ("one-of-many", "read write")]
)
def test_a_token_that_no_side_lets_in_is_told_which_scope_would_help(where, scope):
    refused = get(where, "api.images.read", **ADA)

    assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")
    assert refused["WWW-Authenticate"].startswith("Bearer ")
    assert f'scope="{scope}"' in refused["WWW-Authenticate"]


def test_of_two_alternatives_the_first_is_named_and_either_is_enough():
    assert 'scope="read"' in get("either-scope", "api.images.read")["WWW-Authenticate"]
    assert get("either-scope", "read").status_code == get("either-scope", "write").status_code == 200


def test_what_is_required_beside_an_alternative_is_required():
    assert get("both-and-either", "write", **GRACE).status_code == 403
    assert get("both-and-either", "read", username="grace2").status_code == 403
    assert get("both-and-either", "read", "write").status_code == 200


@pytest.mark.parametrize("where", ["either", "either-way", "one-of-many", "of-drf"])
def test_without_credentials_it_is_a_401_that_names_the_scope(where):
    refused = Client().get(f"/{where}")

    assert refused.status_code == 401
    assert 'scope="read' in refused["WWW-Authenticate"]


def test_a_person_with_a_session_whom_no_side_lets_in_is_told_so_and_not_of_tokens():
    browser = Client()
    browser.force_login(UserFactory())

    refused = browser.get("/either")

    assert (refused.status_code, refused.json()["error"]) == (403, "access_denied")
    assert "WWW-Authenticate" not in refused


def test_an_object_is_shown_by_the_side_that_shows_it():
    assert get("by-object", "api.images.read", **GRACE).status_code == 200
    assert get("by-object", "read", **ADA).status_code == 200


def test_a_refusal_of_the_view_itself_is_not_put_down_to_the_scopes():
    refused = get("says-no", "api.images.read", **GRACE)

    assert (refused.status_code, refused.json()["error"]) == (403, "access_denied")
    assert "WWW-Authenticate" not in refused


def test_only_what_refuses_in_the_end_is_counted_as_a_refusal():
    get("either", "api.images.read", **STAFF)
    events.refusals.flush()
    assert not SecurityEvent.objects.exists()

    get("either", "api.images.read", **ADA)
    events.refusals.flush()
    assert SecurityEvent.objects.get().reason == "insufficient_scope: the token lacks read"


def test_a_view_that_only_says_what_it_does_not_want_refuses_every_token():
    assert get("neither", "read").status_code == get("neither", "api.images.read").status_code == 403


def names(messages: Any) -> list[str]:
    return [message.msg.split()[0].rpartition(".")[2] for message in messages]


def test_a_system_check_names_views_that_do_not_say_what_they_want():
    assert names(checks.views.check_views()) == ["Neither"]


def test_a_system_check_warns_of_views_that_let_in_every_token_of_a_person():
    [warning] = checks.views.check_alternatives()

    assert warning.id == "oauthcore.W004"
    assert "Anybody accepts tokens without its scopes: IsAuthenticated" in warning.msg
    assert "sessions=True" in warning.hint
    assert get("anybody", "api.images.read").status_code == 200
