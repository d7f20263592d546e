"""A check names applications that need something that is switched off, and what happens to them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import WARNING
from django.db import connection
from django.utils import timezone

from oauthcore.checks.applications import check_applications
from oauthcore.flows.oauth.grants.grant_types import GRANT_TYPES
from oauthcore.models import Application, MetadataDocument
from tests.support.factories import register

pytestmark = pytest.mark.django_db

SWITCHED = [one for one in GRANT_TYPES if one.switch]
NEEDS: dict[str, dict[str, Any]] = {
    "DPOP": {"dpop_bound_access_tokens": True},
    "PRIVATE_KEY_JWT": {"uses_keys": True},
    "JWT_ACCESS_TOKENS": {"access_token_format": "jwt"},
    "PUSHED_AUTHORIZATION_REQUESTS": {"requires_pushed_requests": True},
    **{one.switch: {"grant_types": ["client_credentials", one.name]} for one in SWITCHED},
}


def found(databases: Any = ("default",)) -> list[Any]:
    return check_applications(databases=databases)


@pytest.fixture
def switch(settings):
    def to(name: str, *, on: bool) -> None:
        settings.OAUTHCORE = {**settings.OAUTHCORE, name: on}

    return to


@pytest.mark.parametrize("name", NEEDS)
def test_something_that_an_application_needs_must_be_switched_on(switch, name):
    switch(name, on=True)
    register()
    one = register(**NEEDS[name]).application
    assert name not in str(found())

    switch(name, on=False)
    [message] = found()

    assert (message.id, message.level) == ("oauthcore.W090", WARNING)
    assert f"{name} is off" in message.msg
    assert f"1 in all, among them {one.client_id}" in str(message.hint)


def test_a_client_of_a_document_needs_documents_to_be_read(switch):
    one = register().application
    switch("CLIENT_ID_METADATA_DOCUMENTS", on=False)
    assert found() == []
    MetadataDocument.objects.create(digest=MetadataDocument.digest_of("https://a.example/b"), application=one)

    assert "CLIENT_ID_METADATA_DOCUMENTS is off" in found()[0].msg


def test_deleted_and_legacy_applications_need_nothing(switch):
    register(dpop_bound_access_tokens=True, deleted_at=timezone.now())
    register(dpop_bound_access_tokens=True, profile="oauth2.0")
    switch("DPOP", on=False)

    assert found() == []


def test_the_database_is_asked_only_if_it_is_selected_and_has_the_tables(switch, monkeypatch):
    Application.objects.all().delete()
    register(dpop_bound_access_tokens=True)
    switch("DPOP", on=False)

    assert found(None) == found([]) == []
    assert len(found()) == 1
    monkeypatch.setattr(connection.introspection, "table_names", lambda cursor: [])
    assert found() == []
