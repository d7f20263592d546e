"""Consent: added to while it is about one account; and each page answered once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from oauthcore.models import AnsweredPage, Consent
from tests.support.factories import UserFactory, register
from tests.support.oauth import with_person
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

NOW = datetime(2030, 6, 15, 12, 0, tzinfo=UTC)


def remember(*scopes: str, **values) -> None:
    Consent.remember(**{"scopes": frozenset(scopes), "account_uuid": None, "now": NOW, **values})


def test_what_is_approved_later_is_added_to_what_was_approved_before():
    both = {"user": UserFactory(), "application": register().application}
    account = uuid4()

    remember("read", **both, account_uuid=account)
    remember("api.images.read", **both, account_uuid=account, now=NOW + timedelta(days=1))

    consent = Consent.objects.get()
    assert consent.scopes == {"read", "api.images.read"}
    assert consent.account_uuid == account
    assert (consent.created_at, consent.updated_at) == (NOW, NOW + timedelta(days=1))


@pytest.mark.parametrize(("first", "then"), [(uuid4(), uuid4()), (None, uuid4()), (uuid4(), None)])
def test_what_was_approved_for_another_account_is_forgotten(first, then):
    both = {"user": UserFactory(), "application": register().application}

    remember("read", "api.images.delete", **both, account_uuid=first)
    remember("api.images.read", **both, account_uuid=then)

    consent = Consent.objects.get()
    assert (consent.scopes, consent.account_uuid) == ({"api.images.read"}, then)


def test_what_is_withheld_is_forgotten():
    both = {"user": UserFactory(), "application": register().application}

    remember("read", "api.images.read", **both)
    remember("api.download", withheld=frozenset(["api.images.read"]), **both)

    assert Consent.objects.get().scopes == {"read", "api.download"}


def test_each_application_and_each_person_has_a_consent_of_its_own():
    ada, grace, printer, frame = UserFactory(), UserFactory(), register().application, register().application

    remember("read", user=ada, application=printer)
    remember("api.images.read", user=ada, application=frame)
    remember("api.images.read", user=grace, application=printer)

    assert Consent.objects.get(user=ada, application=printer).scopes == {"read"}
    assert Consent.objects.count() == 3


def test_a_page_is_answered_once_and_the_transaction_goes_on():
    claims = [AnsweredPage.claim(bytes(32), expires_at=NOW) for _ in range(2)]

    assert claims == [True, False]
    assert AnsweredPage.objects.count() == 1


def test_approving_remembers_the_consent_before_it_opens_the_grant():
    oauth = with_person()
    transaction = oauth.authorize().context["transaction"]

    with statements() as run:
        oauth.decide(transaction=transaction)

    order = [one.split()[2] for one in run if one.startswith("INSERT")]
    written = [name for name in order if name in ("oauthcore_consent", "oauthcore_grant")]
    assert written == ["oauthcore_consent", "oauthcore_grant"]
