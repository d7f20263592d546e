"""``oauthcore.testing``: what a site's own tests make tokens with, sent by every test client."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import AsyncClient, Client
from django.urls import include, path
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from oauthcore import limiter, testing
from oauthcore.api.drf import Integration
from oauthcore.models import Grant, LimitWindow
from oauthcore.recording import usage
from tests.support.factories import UserFactory, register
from tests.support.oauth import me
from tests.support.reference_site.factories import MembershipFactory
from tests.support.sites.notes import Notes
from tests.support.sites.resources import Images, Resource, plain, plain_async

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

urlpatterns = [
    path("", include("oauthcore.urls")),
    path("drf", Resource.as_view()),
    path("drf/images", Images.as_view()),
    path("sessions", Notes.as_view()),
    path("plain", plain),
    path("plain/async", plain_async),
]


@pytest.fixture
def ada() -> Any:
    return UserFactory(username="ada")


@pytest.fixture
def studio(ada: Any) -> Any:
    return MembershipFactory(user=ada, role="viewer").account


@pytest.mark.parametrize("kind", [APIClient, Client])
@pytest.mark.parametrize("where", ["/drf", "/plain", "/plain/async"])
def test_every_client_sends_its_header(kind, where, ada):
    client = kind(headers=testing.token_for(ada, "read").headers)

    assert client.get(where).json() == {"user": "ada", "scopes": ["read"]}
    refused = kind(headers=testing.token_for(ada, ["write"]).headers).get(where)
    assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["/drf", "/plain", "/plain/async"])
def test_the_async_client_does_too(where, ada):
    token = testing.token_for(ada, "read")

    async def ask() -> Any:
        try:
            return (await AsyncClient().get(where, headers=token.headers)).json()
        finally:
            await sync_to_async(connections.close_all)()

    assert asyncio.run(ask()) == {"user": "ada", "scopes": ["read"]}


def test_force_authenticate_is_held_to_the_scopes_of_its_token(ada):
    client = APIClient()

    client.force_authenticate(ada, testing.token_for(ada, "read"))
    assert client.get("/drf").json() == {"user": "ada", "scopes": ["read"]}
    client.force_authenticate(ada, testing.token_for(ada, "write"))
    assert client.get("/drf").status_code == 403
    client.force_authenticate(ada)
    assert client.get("/drf").status_code == 401
    assert client.get("/sessions").json() == {"user": "ada", "scopes": None}


def test_a_forced_request_of_the_request_factory_is_as_well(ada):
    request = APIRequestFactory().get("/drf")
    force_authenticate(request, ada, testing.token_for(ada, "read"))

    assert Resource.as_view()(request).data["user"] == "ada"


def test_a_service_token_acts_as_itself(studio):
    token = testing.service_token("read", account=studio.uuid, label="Nightly export")
    client = APIClient()
    client.force_authenticate(token.acting_user, token)

    assert isinstance(token.acting_user, Integration)
    assert client.get("/drf").json()["user"] == "Nightly export"
    assert me(token.text).json()["kind"] == "service_token"


def test_its_limits_are_kept(studio):
    token = testing.service_token("read", account=studio.uuid, allowed_networks=["192.0.2.0/24"])

    assert Client(headers=token.headers).get("/drf").json()["error"] == "ip_not_allowed"


def test_a_persons_token_works_on_their_first_account_within_their_role(ada, studio):
    token = testing.token_for(ada, ["read", "api.images.read", "api.images.delete"])

    assert token.account.uuid == studio.uuid
    assert token.allows("api.images.read")
    assert not token.allows("api.images.delete")
    assert Client(headers=token.headers).get("/drf/images").status_code == 200


def test_or_on_the_one_that_is_named(ada, studio):
    other = MembershipFactory(user=ada, role="owner").account

    for account in (other.uuid, testing.token_for(ada, "read", account=other.uuid).account):
        assert testing.token_for(ada, "read", account=account).account.uuid == other.uuid
        assert testing.sign_in_token_for(ada, account=account).account.uuid == other.uuid


def test_who_signed_in_may_do_what_their_role_allows(ada, studio):
    token = testing.sign_in_token_for(ada)

    assert me(token.text).json()["kind"] == "user_token"
    assert token.scopes == {"api.images.read", "api.download"}


@pytest.mark.usefixtures("without_accounts")
def test_a_site_without_accounts_names_none(ada):
    token = testing.service_token(["api.images.read", "read"])

    for one in (token, testing.token_for(ada, ["api.images.read", "read"]), testing.sign_in_token_for(ada)):
        assert one.account is None
        assert Client(headers=one.headers).get("/drf/images").status_code == 200


def test_an_application_of_the_sites_own_may_hold_it(ada):
    application = register(scopes=["read"]).application
    token = testing.token_for(ada, "read", application=application)

    assert token.application == application
    with pytest.raises(ValueError, match=r"registered for \['read'\] only"):
        testing.token_for(ada, "write", application=application)


@pytest.mark.parametrize(
    "make", [lambda ada: testing.token_for(ada, "raed"), lambda _: testing.service_token("raed")]
)
def test_a_scope_that_the_site_does_not_have_is_named(make, ada):
    with pytest.raises(ValueError, match="raed"):
        make(ada)
    assert not Grant.objects.exists()


def test_so_is_an_account_that_is_not_the_persons(ada, studio):
    with pytest.raises(ValueError, match="ACCOUNT_BACKEND says that ada may not work on"):
        testing.token_for(ada, "read", account=uuid4())
    with pytest.raises(ValidationError, match="Choose the account"):
        testing.service_token("read")


def test_its_text_is_in_no_representation_of_it(ada):
    token = testing.token_for(ada, "read")

    assert token.text not in repr(token)


def test_what_a_process_remembers_is_forgotten(ada):
    limit = limiter.Limit("tries", 1, 60)
    for _ in range(2):
        limiter.count_try(limit, "ada")
    LimitWindow.objects.all().delete()  # as the end of a test rolls its rows back
    assert limiter.count_try(limit, "ada").wait is not None
    Client(headers=testing.token_for(ada, "read").headers).get("/drf")

    testing.forget()

    assert limiter.count_try(limit, "ada").wait is None
    assert usage.batch.drain() == {}
