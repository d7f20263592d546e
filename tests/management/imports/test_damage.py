"""Damaged and foreign tables stop an import before it writes anything."""

from __future__ import annotations

import sys
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from oauthcore.flows.imports import run as import_run
from oauthcore.models import Application, Grant, Import
from oauthcore.rules.imports.sources import DJANGO_OAUTH_TOOLKIT
from tests.support import toolkit
from tests.support.factories import UserFactory
from tests.support.service_tokens.commands import Terminal
from tests.support.toolkit import run

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.sites.moving"),
    pytest.mark.sqlite_only("what is damage is decided in Python"),
]


OF_CHECKSUMS = [
    ("accesstoken", "token_checksum", "not a checksum", "its checksum is not that of its text"),
    ("accesstoken", "token_checksum", "00" * 32, "its checksum is not that of its text"),
    ("refreshtoken", "token_checksum", "ff", "its checksum is not that of its text"),
]


@pytest.fixture
def filled(accepted: None) -> None:
    application = toolkit.register()
    first = toolkit.approve(application, UserFactory())
    toolkit.token(application, grant_type="refresh_token", refresh_token=first["refresh_token"])


def change(table: str, column: str, value: Any) -> int:
    """Change a column of the newest row as no package would; return the key of the row."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM oauth2_provider_{table}")
        key: int = cursor.fetchone()[0]
        cursor.execute(f"UPDATE oauth2_provider_{table} SET {column} = %s WHERE id = %s", [value, key])
    return key


def refusal(**options: Any) -> str:
    with pytest.raises(CommandError) as refused:
        run(**options)
    assert refused.value.returncode == 1
    assert not Application.objects.exists()
    assert not Grant.objects.exists()
    return str(refused.value)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("table", "column", "value", "reason"),
    [
        *(pytest.param(*one, marks=toolkit.needs_release_3) for one in OF_CHECKSUMS),
        pytest.param(
            *("accesstoken", "token", "", "it has neither a text nor a checksum"),
            marks=toolkit.needs_release_2,
        ),
        ("application", "client_type", "secret", "its client_type is 'secret'"),
        ("application", "client_id", "", "it has no client_id"),
        ("accesstoken", "created", "2999-01-01 00:00:00", "it ends before it begins"),
        ("accesstoken", "created", "never", "it has no time of creation"),
        ("accesstoken", "created", "2024-99-01 00:00:00", "a value cannot be read (month must be in 1..12)"),
    ],
)
def test_a_damaged_row_is_named_with_the_reason(table, column, value, reason):
    key = change(table, column, value)

    assert f"row {key} of oauth2_provider_{table}: {reason}" in refusal()


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("table", "column", "reason"),
    [
        ("application", "user_id", "there is no person 4711"),
        ("accesstoken", "user_id", "there is no person 4711"),
        ("accesstoken", "application_id", "there is no application 4711"),
    ],
)
def test_a_row_that_points_at_nothing_is_damaged(table, column, reason):
    key = change(table, column, 4711)
    try:
        assert f"row {key} of oauth2_provider_{table}: {reason}" in refusal()
    finally:
        change(table, column, None)  # SQLite minds foreign keys when the test ends


@pytest.mark.usefixtures("filled")
def test_a_row_that_cannot_be_read_is_named_among_others_that_can():
    toolkit.register()
    key = change("application", "created", "2024-99-01 00:00:00")

    assert f"row {key} of oauth2_provider_application: a value cannot be read" in refusal()


@pytest.mark.usefixtures("filled")
def test_what_is_damaged_between_the_two_passes_stops_the_import_and_is_named(monkeypatch):
    passed = import_run._check

    def then_damaged(*arguments: Any) -> Any:
        report = passed(*arguments)
        change("application", "client_type", "secret")
        return report

    monkeypatch.setattr(import_run, "_check", then_damaged)

    assert "its client_type is 'secret'" in refusal()


@pytest.mark.usefixtures("filled")
def test_two_runs_at_once_do_not_write_twice(monkeypatch):
    write = import_run._write

    def after_another(row: Any, *arguments: Any) -> Any:
        Import.objects.update(cursor={"stage": 3, "after": 7})
        return write(row, *arguments)

    monkeypatch.setattr(import_run, "_write", after_another)

    assert "another run of the import" in refusal()


def test_a_table_that_another_package_made_is_named(settings):
    settings.OAUTH2_PROVIDER_APPLICATION_MODEL = "auth.Group"
    settings.OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = settings.OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "auth.Group"

    assert "the table auth_group has no column" in refusal()


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("has_tqdm", [True, False])
def test_progress_is_shown_on_a_terminal(monkeypatch, has_tqdm):
    if not has_tqdm:
        monkeypatch.setitem(sys.modules, "tqdm", None)
    terminal = Terminal()

    call_command(
        "import_tokens", source=DJANGO_OAUTH_TOOLKIT, stdout=StringIO(), stderr=terminal, no_color=True
    )

    assert "writing access tokens: " in terminal.getvalue()
    assert "1" in terminal.getvalue()


@pytest.mark.usefixtures("filled")
def test_the_report_is_a_text_for_people(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "IMPORTED_TOKENS": []}
    would, did, again = StringIO(), StringIO(), StringIO()

    for printed, options in ((would, {"dry_run": True}), (did, {}), (again, {})):
        call_command("import_tokens", source=DJANGO_OAUTH_TOOLKIT, stdout=printed, **options)

    assert would.getvalue().startswith(
        "This would be imported from django-oauth-toolkit:\n  applications: 1 taken"
    )
    assert "used refresh tokens: 1 taken" in did.getvalue()
    assert "The last of these tokens ends at 20" in did.getvalue()
    assert 'when OAUTHCORE["IMPORTED_TOKENS"] names "django-oauth-toolkit"' in did.getvalue()
    assert "refresh tokens: 0 taken, 1 were here already" in again.getvalue()


def test_options_that_cannot_be_are_refused():
    with pytest.raises(CommandError, match="no scope nothing"):
        run(scopes="nothing")
    with pytest.raises(CommandError, match="from 1 to 5000"):
        run(batch_size="0")


def test_a_report_cannot_control_a_terminal(filled):
    change("application", "redirect_uris", "https://a.example/\x1b[2J")

    report = StringIO()
    call_command("import_tokens", source=DJANGO_OAUTH_TOOLKIT, dry_run=True, stdout=report)

    assert "https://a.example/\\x1b[2J is not taken" in report.getvalue()
    assert "\x1b" not in report.getvalue()
