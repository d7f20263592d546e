"""What was allowed for one account is not kept for another: the page asks, and the row has the last word."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from oauthcore.models import Consent, Grant
from tests.support.oauth import OAuthClient, answer
from tests.support.pages.reading import boxes_of
from tests.support.reference_site.factories import MembershipFactory

pytestmark = pytest.mark.django_db

BOTH = "read api.images.read"


@pytest.fixture
def accounts(ada: Any) -> tuple[str, str]:
    """Two accounts that ada may choose from."""
    first, second = (str(MembershipFactory(user=ada).account.uuid) for _ in range(2))
    return first, second


def test_what_was_allowed_for_this_account_is_kept(printer: OAuthClient, accounts: tuple[str, str]) -> None:
    album, _ = accounts
    printer.decide(scope="read", form={"account": album})
    page = printer.authorize(scope=BOTH)

    assert list(boxes_of(page)) == ["api.images.read"]
    assert [one["uuid"] for one in page.context["accounts"] if one["selected"]] == [album]


def test_whoever_chooses_another_account_is_asked_for_all_of_it(
    printer: OAuthClient, accounts: tuple[str, str]
) -> None:
    album, studio = accounts
    printer.decide(scope="read", form={"account": album})
    transaction = printer.authorize(scope=BOTH).context["transaction"]

    form = {"scope": ["api.images.read"], "account": studio}
    page = printer.decide(transaction=transaction, scope=BOTH, form=form)

    assert page.status_code == 400
    assert "another account" in page.context["form_error"]
    assert list(boxes_of(page)) == ["read", "api.images.read"]
    assert page.context["kept"] == []
    assert [one["uuid"] for one in page.context["accounts"] if one["selected"]] == [studio]
    assert Grant.objects.count() == 1
    answered = printer.decide(transaction=page.context["transaction"], scope=BOTH, form=form)
    assert answer(answered)["code"]
    consent, grant = Consent.objects.get(), Grant.objects.latest("id")
    assert (consent.scopes, str(consent.account_uuid)) == ({"api.images.read"}, studio)
    assert (grant.scopes, str(grant.account_uuid)) == ({"api.images.read"}, studio)


def test_an_account_that_was_changed_in_another_tab_refuses_the_answer(
    printer: OAuthClient, accounts: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the consent and the lock on it: the page is then no longer true."""
    album, studio = accounts
    printer.decide(scope="read", form={"account": album})
    transaction = printer.authorize(scope=BOTH).context["transaction"]
    remember = Consent.remember

    def remember_later(**values: Any) -> bool:
        Consent.objects.update(account_uuid=studio)
        return remember(**values)

    monkeypatch.setattr(Consent, "remember", remember_later)

    form = {"scope": ["api.images.read"], "account": album}
    page = printer.decide(transaction=transaction, scope=BOTH, form=form)

    assert (page.status_code, "Location" in page) == (400, False)
    assert Grant.objects.count() == 1
    assert Consent.objects.get().scopes == {"read"}


def test_where_all_accounts_are_gone_there_is_nothing_to_tell_apart(
    printer: OAuthClient, ada: Any, accounts: tuple[str, str]
) -> None:
    printer.decide(scope="read", form={"account": accounts[0]})
    ada.memberships.all().delete()

    page = printer.authorize(scope=BOTH)
    assert list(boxes_of(page)) == ["api.images.read"]
    assert answer(printer.decide(transaction=page.context["transaction"], scope=BOTH))["code"]
    assert Consent.objects.get().account_uuid is None


def test_keeping_what_is_not_there_any_more_is_refused_by_the_row(printer: OAuthClient, ada: Any) -> None:
    printer.decide(scope="read")
    values: dict[str, Any] = {
        "user": ada,
        "application": printer.registered.application,
        "scopes": frozenset(BOTH.split()),
        "account_uuid": None,
        "now": timezone.now(),
    }

    assert Consent.remember(kept=frozenset(["read"]), **values)
    Consent.objects.update(scopes=["api.images.read"])
    assert not Consent.remember(kept=frozenset(["read"]), **values)
    assert Consent.objects.get().scopes == {"api.images.read"}
