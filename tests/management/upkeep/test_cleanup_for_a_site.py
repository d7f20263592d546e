"""``oauthcore_cleanup`` where a site has receivers of signals, and rows of its own under grants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models import ProtectedError
from django.db.models.signals import post_delete, pre_delete
from django.utils import timezone

from oauthcore.flows.tokens.ending import end_grant
from oauthcore.models import Grant, Token, deletion
from oauthcore.rules.tokens.secrets import digest_of
from tests.support.cleaning import clean_up
from tests.support.factories import UserFactory, device_session, open_grant

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_what_a_site_refuses_to_lose_is_said_once_all_else_is_removed(clock: Any) -> None:
    ended, live = open_grant(), device_session(UserFactory())
    end_grant(ended, "signed out", now=timezone.now())
    clock.shift(31 * DAY)
    Token.objects.create(
        kind="access",
        grant=live,
        digest=digest_of("expired"),
        created_at=live.created_at,
        expires_at=live.created_at + DAY,
    )

    def refuse(**_: Any) -> None:
        raise ProtectedError("photos point there", set())

    pre_delete.connect(refuse, sender=Grant)
    try:
        with pytest.raises(ProtectedError, match="photos"):
            clean_up()
    finally:
        pre_delete.disconnect(refuse, sender=Grant)

    assert Grant.objects.filter(pk=ended.pk).exists()
    assert not Token.objects.filter(digest=digest_of("expired")).exists()
    assert clean_up()["ended grants"] == 1


@pytest.mark.parametrize("model", [Grant, Token])
def test_a_receiver_of_a_site_sees_each_row_that_goes(model: Any, clock: Any) -> None:
    grant = device_session(UserFactory())
    expected = [grant.pk] if model is Grant else list(grant.tokens.values_list("pk", flat=True))
    end_grant(grant, "signed out", now=timezone.now())
    clock.shift(31 * DAY)
    seen = []

    def see(instance: Any, **_: Any) -> None:
        seen.append(instance.pk)

    post_delete.connect(see, sender=model)
    try:
        clean_up()
    finally:
        post_delete.disconnect(see, sender=model)

    assert expected
    assert seen == expected


@pytest.fixture
def remarks() -> Iterator[Any]:
    """A model of a site: remarks on grants, and on other remarks."""
    label = "photos"
    fields = {
        "id": models.BigIntegerField(primary_key=True),
        "grant": models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+"),
        "on": models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+"),
    }
    meta = type("Meta", (), {"app_label": label, "db_table": "remark", "managed": False})
    deletion._under.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE remark (id bigint, grant_id bigint, on_id bigint)")
    yield type("Remark", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
    del apps.all_models[label]["remark"]
    apps.clear_cache()
    deletion._under.cache_clear()
    with connection.cursor() as cursor:
        # On MariaDB a DROP TABLE without the word would commit what the test has written.
        cursor.execute(f"DROP {'TEMPORARY ' if connection.vendor == 'mysql' else ''}TABLE remark")


def test_rows_of_a_site_under_a_grant_go_with_it_as_django_deletes_them(remarks: Any, clock: Any) -> None:
    ended, live = open_grant(), device_session(UserFactory())
    end_grant(ended, "signed out", now=timezone.now())
    remarks.objects.bulk_create(
        [remarks(id=1, grant=ended), remarks(id=2, grant=live, on_id=1), remarks(id=3, grant=live)]
    )
    clock.shift(31 * DAY)

    assert clean_up()["ended grants"] == 1

    assert list(remarks.objects.values_list("id", flat=True)) == [3]
