"""The migrations build what the models say, and can be undone."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

DISK = MigrationLoader(None, ignore_no_migrations=True)
OURS = sorted(
    app.label
    for app in apps.get_app_configs()
    if app.name.split(".")[0] in ("oauthcore", "reference_site") and app.label in DISK.migrated_apps
)


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


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
