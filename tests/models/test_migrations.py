"""The migrations build what the models say, and can be undone."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from oauthcore.models import Grant, SecurityNotice, Token

DISK = MigrationLoader(None, ignore_no_migrations=True)
OURS = sorted(
    app.label
    for app in apps.get_app_configs()
    if app.name.split(".")[0] in ("oauthcore", "reference_site") and app.label in DISK.migrated_apps
)


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration():
    # Not those of other apps: a test adds a proxy to one.
    call_command("makemigrations", *OURS, check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("label", OURS)
def test_every_operation_can_be_undone(label):
    migrations = [migration for (app, _), migration in DISK.disk_migrations.items() if app == label]

    irreversible = [
        f"{migration.name}: {operation.describe()}"
        for migration in migrations
        for operation in migration.operations
        if not operation.reversible
    ]

    assert irreversible == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("label", OURS)
def test_migrations_go_back_to_nothing_and_forth_again(label):
    tables = {model._meta.db_table for model in apps.get_app_config(label).get_models()}
    try:
        call_command("migrate", label, "zero", verbosity=0)
        left = tables & set(connection.introspection.table_names())
    finally:
        call_command("migrate", verbosity=0)

    assert left == set()


@pytest.mark.django_db(transaction=True)
def test_who_was_told_of_a_replay_is_not_told_again_after_the_notices_were_renamed():
    try:
        call_command("migrate", "oauthcore", "0003", verbosity=0)
        old = MigrationExecutor(connection).loader.project_state(("oauthcore", "0003_service_tokens")).apps
        event = old.get_model("oauthcore", "SecurityEvent").objects.create(kind="code_replayed", user_ref="7")
        told = old.get_model("oauthcore", "ReplayNotice").objects
        told.create(event=event, user_ref="7", claimed_at=event.at, sent_at=event.at)
    finally:
        call_command("migrate", verbosity=0)

    notice = SecurityNotice.objects.get()
    assert (notice.event_id, notice.user_ref, notice.sent_at) == (event.pk, "7", event.at)
    assert (notice.event.user_ref, notice.event.person_ref) == ("7", "")


@pytest.mark.django_db(transaction=True)
def test_going_back_ends_the_service_tokens_of_a_whole_site_which_have_no_place_there():
    of_site, of_account = (
        Grant.objects.create(kind=Grant.Kind.SERVICE, label="Export", account_uuid=uuid)
        for uuid in (None, uuid4())
    )
    Token.objects.create(kind=Token.Kind.ACCESS, grant=of_site, digest=bytes(32))
    try:
        call_command("migrate", "oauthcore", "0004", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)

    assert list(Grant.objects.all()) == [of_account]
    assert not Token.objects.exists()
