"""The column that names a person is read as what the key of the site's people is."""

from __future__ import annotations

import pytest
from django.db import models

from oauthcore.flows.imports.people import column_like

pytestmark = pytest.mark.sqlite_only("it asks no database")


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (models.AutoField(primary_key=True), models.BigIntegerField),
        (models.UUIDField(primary_key=True), models.UUIDField),
        (models.CharField(primary_key=True, max_length=30), models.CharField),
    ],
)
@pytest.mark.parametrize("is_key", [False, True])
def test_a_column_is_of_the_kind_of_the_key(key, kind, is_key):
    column = column_like(key, is_key=is_key)

    assert type(column) is kind
    assert (column.primary_key, column.null) == (is_key, not is_key)
    assert column.max_length == key.max_length
