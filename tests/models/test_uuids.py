"""UUIDs that others have made, such as 16 bytes of a hash: what the database refuses is known before."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.models import Grant
from oauthcore.models.uuids import is_refused_by_mariadb, is_storable, storable
from tests.support.factories import open_grant

#: Each version with each beginning of a variant, the two that MariaDB looks at.
VALUES = [
    UUID(f"12345678-1234-{version:x}234-{variant:x}234-123456789012")
    for version in range(16)
    for variant in range(16)
]


@pytest.mark.django_db
def test_what_is_storable_is_stored_as_it_is() -> None:
    grant = open_grant()
    for value in map(storable, VALUES):
        Grant.objects.filter(pk=grant.pk).update(pairwise_subject=value)
        assert Grant.objects.get(pairwise_subject=value) == grant


@pytest.mark.django_db
def test_only_mariadb_stores_another_value_for_some() -> None:
    changed = [value for value in VALUES if storable(value) != value]

    assert changed == [value for value in VALUES if not is_storable(value)]
    is_of_mariadb = connection.vendor == "mysql" and connection.features.has_native_uuid_field
    assert len(changed) == (8 * 8 if is_of_mariadb else 0)


@given(st.uuids(allow_nil=True))
def test_mariadb_takes_every_uuid_of_the_variant_of_rfc_9562(value: UUID) -> None:
    assert not is_refused_by_mariadb(UUID(int=value.int, version=4))
    assert not is_refused_by_mariadb(UUID(int=value.int | 1 << 63))
