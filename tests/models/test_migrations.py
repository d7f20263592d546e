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
def test_migrations_go_back_to_nothing_and_forth_again_and_keep_what_has_a_place_there():
    """All of it is one journey, because each way takes seconds."""
    of_site, of_account = (
        Grant.objects.create(kind=Grant.Kind.SERVICE, label="Export", account_uuid=uuid)
        for uuid in (None, uuid4())
    )
    Token.objects.create(kind=Token.Kind.ACCESS, grant=of_site, digest=bytes(32))
    tables = {
        label: {one._meta.db_table for one in apps.get_app_config(label).get_models()} for label in OURS
    }
    left = {}
    try:
        old = migrated("oauthcore", "0004_sign_in")
        grants = list(old.get_model("oauthcore", "Grant").objects.values_list("pk", flat=True))
        tokens = old.get_model("oauthcore", "Token").objects.count()
        for label in reversed(OURS):
            migrated(label, "zero")
            left[label] = tables[label] & set(connection.introspection.table_names())
        old = migrated("oauthcore", "0003_service_tokens")
        event = old.get_model("oauthcore", "SecurityEvent").objects.create(kind="code_replayed", user_ref="7")
        told = old.get_model("oauthcore", "ReplayNotice").objects
        told.create(event=event, user_ref="7", claimed_at=event.at, sent_at=event.at)
        kept = old.get_model("oauthcore", "Grant").objects.create(kind="service", account_uuid=uuid4())
    finally:
        call_command("migrate", verbosity=0)

    # Going back ends the service tokens of a whole site, which have no place there.
    assert grants == [of_account.pk]
    assert tokens == 0
    # No table is left of any app.
    assert left == {label: set() for label in OURS}
    # Who was told of a replay is not told again after the notices were renamed.
    notice = SecurityNotice.objects.get()
    assert (notice.event_id, notice.user_ref, notice.sent_at) == (event.pk, "7", event.at)
    assert (notice.event.user_ref, notice.event.person_ref) == ("7", "")
    assert [one.pk for one in Grant.objects.all()] == [kept.pk]


def migrated(label, name):
    """Migrate an app to there, and return the models of then."""
    call_command("migrate", label, name, verbosity=0)
    at = None if name == "zero" else (label, name)
    return at and MigrationExecutor(connection).loader.project_state(at).apps
