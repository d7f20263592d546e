"""A check finds routers that read from a replica what decides who may do what."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.checks import ERROR
from django.db import router

from tests.support.checks import found, ids

pytestmark = pytest.mark.sqlite_only("system checks ask routers and models, and no database")


class Replica:
    """A router that reads some apps from a replica."""

    def __init__(self, *apps):
        self.apps = apps

    def db_for_read(self, model, **hints):
        return "replica" if model._meta.app_label in self.apps else None


@pytest.mark.parametrize(
    ("app", "named"),
    [("auth", ["auth.User", "auth.Group", "auth.Permission"]), ("sessions", ["sessions.Session"])],
)
def test_people_sessions_and_permissions_are_read_where_they_are_written(app, named, settings):
    settings.DATABASE_ROUTERS = [Replica(app, "photos")]

    (error,) = found()
    assert (error.id, error.level) == ("oauthcore.E110", ERROR)
    assert all(name in error.msg for name in named)
    assert error.hint


def test_a_router_may_read_everything_else_from_a_replica(settings):
    settings.DATABASE_ROUTERS = [Replica("photos", "oauthcore", "contenttypes", "admin")]

    assert found() == []


def test_the_router_of_the_cluster_reads_pictures_alone_from_the_replica(settings):
    settings.DATABASE_ROUTERS = ["proof.cluster.routers.OwnReadsFromReplica"]

    assert found() == []
    assert {router.db_for_read(one) for one in apps.get_models()} == {"default", "replica"}
    assert {one._meta.app_label for one in apps.get_models() if router.db_for_read(one) == "replica"} == {
        "photos"
    }


@pytest.mark.parametrize(
    "engine",
    ["django.contrib.sessions.backends.cache", "django.contrib.sessions.backends.signed_cookies", "nowhere"],
)
def test_sessions_that_are_in_no_database_are_read_from_none(engine, settings):
    settings.DATABASE_ROUTERS = [Replica("sessions")]
    settings.SESSION_ENGINE = engine

    assert ids() == []
