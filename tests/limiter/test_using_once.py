"""What may be used once only, wherever that is remembered (``oauthcore/limiter``)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from oauthcore.limiter import use_once
from oauthcore.models import UsedIdentifier
from oauthcore.models.used_identifiers import KEPT, sweeping
from oauthcore.rules.errors.oauth import TemporarilyUnavailable
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

SOON = timedelta(minutes=5)


def test_an_identifier_is_used_once(store, who):
    ends = timezone.now() + SOON

    assert [use_once("test", who, "a", expires_at=ends) for _ in range(3)] == [True, False, False]
    assert use_once("test", who, "b", expires_at=ends)
    assert use_once("other", who, "a", expires_at=ends)
    assert use_once("test", who + "a", "", expires_at=ends)


def test_one_that_has_just_expired_is_remembered_for_a_while(store, who):
    ends = timezone.now() - timedelta(seconds=1)

    assert [use_once("test", who, expires_at=ends) for _ in range(2)] == [True, False]


def test_it_takes_one_statement(who):
    with statements() as run:
        use_once("test", who, expires_at=timezone.now() + SOON)

    assert len(run) == 1


def test_a_transaction_goes_on_after_a_second_use(who):
    with transaction.atomic():
        uses = [use_once("test", who, expires_at=timezone.now() + SOON) for _ in range(2)]
        assert UsedIdentifier.objects.count() == 1

    assert uses == [True, False]


@pytest.mark.django_db(transaction=True)
def test_rows_that_have_long_expired_are_removed_while_new_ones_are_made(who, monkeypatch):
    monkeypatch.setattr(sweeping, "_after", 2)
    sweeping.start_anew()
    for number, age in enumerate((KEPT + SOON, KEPT + SOON, KEPT - SOON)):
        use_once("old", who, str(number), expires_at=timezone.now() - age)

    use_once("new", who, expires_at=timezone.now() + SOON)

    assert UsedIdentifier.objects.count() == 2


def test_nothing_is_used_where_the_store_does_not_answer(settings, who):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LIMITER_URL": "redis://127.0.0.1:1/0"}

    with pytest.raises(TemporarilyUnavailable):
        use_once("test", who, expires_at=timezone.now() + SOON)
