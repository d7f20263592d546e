"""The tables of django-oauth-toolkit, with the columns that its releases have."""

from __future__ import annotations

from typing import Any

from django.db import models

from oauthcore.flows.imports import toolkit_applications
from oauthcore.flows.imports.people import person_column
from oauthcore.flows.imports.tables import Table, find_table, make_models

#: The columns that not every release has.
LATER = frozenset({"token_checksum", "token_family", "resource"})


def _foreign(name: str) -> Any:
    return models.ForeignKey(
        name, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )


def _token_fields() -> dict[str, Any]:
    return {
        "id": models.BigAutoField(primary_key=True),
        "user_id": person_column(),
        "token": models.TextField(null=True),
        "token_checksum": models.CharField(max_length=64, null=True),
        "application": _foreign("Application"),
        "resource": models.JSONField(null=True),
        "created": models.DateTimeField(null=True),
    }


def _refresh_fields() -> dict[str, Any]:
    return {
        **_token_fields(),
        "access_token": _foreign("AccessToken"),
        "token_family": models.UUIDField(null=True),
        "revoked": models.DateTimeField(null=True),
    }


def _access_fields() -> dict[str, Any]:
    return {
        **_token_fields(),
        "expires": models.DateTimeField(null=True),
        "scope": models.TextField(null=True),
        "source_refresh_token": _foreign("RefreshToken"),
    }


def find() -> tuple[dict[str, Table], dict[str, Any]]:
    """Return the tables and a model of each; raise Damaged if they are not those of the package."""
    tables = {
        name: find_table(f"oauth2_provider.{name}", setting=f"OAUTH2_PROVIDER_{setting}_MODEL")
        for name, setting in (
            ("Application", "APPLICATION"),
            ("RefreshToken", "REFRESH_TOKEN"),
            ("AccessToken", "ACCESS_TOKEN"),
        )
    }
    made = make_models(
        Application=(tables["Application"], toolkit_applications.fields(), toolkit_applications.LATER),
        RefreshToken=(tables["RefreshToken"], _refresh_fields(), LATER),
        AccessToken=(tables["AccessToken"], _access_fields(), LATER),
    )
    return tables, made
