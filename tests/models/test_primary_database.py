"""Every query of ours goes to the primary database, whatever a site's routers say of reading."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connections

from oauthcore.flows.imports.tables import find_table
from oauthcore.models import Grant, ServiceToken, Token
from oauthcore.models.database import atomic
from oauthcore.models.simplejwt_blacklist import is_blacklisted
from tests.support.factories import UserFactory, bearer, open_grant

pytestmark = pytest.mark.django_db
OURS = sorted(
    apps.get_app_config("oauthcore").get_models(include_auto_created=True), key=lambda one: one.__name__
)


class ReadFromTheReplica:
    """A router of a site that reads from a replica."""

    def db_for_read(self, model: object, **hints: object) -> str | None:
        return "replica" if model in OURS else None

    def db_for_write(self, model: object, **hints: object) -> str | None:
        return "default" if model in OURS else None


@pytest.fixture(autouse=True)
def _replica(settings, monkeypatch):
    """A replica that no test may query: pytest-django refuses it."""
    monkeypatch.setitem(connections.settings, "replica", connections.settings["default"])
    settings.DATABASE_ROUTERS = [f"{__name__}.ReadFromTheReplica"]
    assert connections["replica"].alias == "replica"
    yield
    del connections["replica"]


@pytest.mark.parametrize("model", OURS)
def test_a_query_without_using_goes_to_the_primary(model):
    for manager in (model.objects, model._default_manager, model._base_manager):
        assert (manager.db, manager.all().db, manager.filter(pk=1).db) == ("default",) * 3
    assert list(model.objects.all()) == []


def test_rows_that_belong_to_a_row_are_read_from_the_primary():
    relations = [one for model in (*OURS, get_user_model()) for one in model._meta.related_objects]
    ours = [one for one in relations if one.related_model in OURS and one.one_to_many]
    named = [(one.model, name) for one in ours if (name := one.get_accessor_name())]

    assert {getattr(model(pk=1), name).all().db for model, name in named} == {"default"}


def test_foreign_keys_and_left_out_columns_are_read_from_the_primary():
    grant = open_grant()
    found = Grant.objects.defer("label").get(pk=grant.pk)

    assert (found.application.name, found.label) == ("Photo Printer", "")
    found.refresh_from_db()
    found.delete()
    assert not Grant.objects.exists()


def test_a_query_that_names_another_database_goes_there():
    assert ServiceToken.objects.using("replica").filter(label="Export").db == "replica"


class ReadAllFromTheReplica:
    """A router that reads every table from a replica."""

    def db_for_read(self, model: object, **hints: object) -> str:
        return "replica"

    def db_for_write(self, model: object, **hints: object) -> str:
        return "default"


def test_what_other_packages_have_ended_is_read_where_they_write_it(settings, monkeypatch):
    settings.DATABASE_ROUTERS = [f"{__name__}.ReadAllFromTheReplica"]
    monkeypatch.setitem(apps.all_models["token_blacklist"], "blacklistedtoken", get_user_model())

    assert find_table("auth.User").database == "default"
    assert not is_blacklisted("a-jti")


def test_requests_are_answered_where_no_replica_can_be_reached(client):
    token = bearer(user=UserFactory(), scopes=["read"])

    with atomic():
        assert Token.objects.select_for_update().count() == 1
    assert client.get("/v1/me", headers={"authorization": f"Bearer {token}"}).status_code == 200
