"""The account an application may work on: the person says which, and nobody else does.

Wire §2 point 6.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from oauthcore.models import Grant
from tests.support.oauth import OAuthClient, me
from tests.support.pages.reading import text_of
from tests.support.pages.refusals import assert_shown_on_a_page
from tests.support.reference_site.factories import AccountFactory, MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(ada: Any) -> list[Any]:
    return [MembershipFactory(user=ada).account for _ in range(2)]


def test_the_chosen_account_is_kept_in_the_grant_and_told_by_the_api(
    printer: OAuthClient, mine: list[Any]
) -> None:
    chosen = mine[1]

    token = printer.tokens(form={"account": str(chosen.uuid)})["access_token"]

    assert Grant.objects.get().account_uuid == chosen.uuid
    assert me(token).json()["account"] == {"uuid": str(chosen.uuid), "name": chosen.name}


def test_the_only_account_needs_no_choice(printer: OAuthClient, ada: Any) -> None:
    only = MembershipFactory(user=ada).account

    assert me(printer.tokens()["access_token"]).json()["account"]["uuid"] == str(only.uuid)


def test_nobody_elses_account_can_be_chosen(printer: OAuthClient, mine: list[Any]) -> None:
    foreign = AccountFactory()

    for sent in (str(foreign.uuid), "nonsense", "", "\x00"):
        page = printer.decide(form={"account": sent})
        assert_shown_on_a_page(page)
        assert b"Choose the account" in page.content


def test_an_account_that_is_lost_while_the_page_is_open_is_not_replaced_by_another(
    printer: OAuthClient, mine: list[Any]
) -> None:
    transaction = printer.authorize().context["transaction"]
    mine[1].memberships.all().delete()

    page = printer.decide(transaction=transaction, form={"account": str(mine[1].uuid)})

    assert_shown_on_a_page(page)


def test_the_only_account_that_is_swapped_while_the_page_is_open_is_asked_for_again(
    printer: OAuthClient, ada: Any
) -> None:
    shown = MembershipFactory(user=ada)
    transaction = printer.authorize().context["transaction"]
    shown.delete()
    MembershipFactory(user=ada)

    page = printer.decide(transaction=transaction)

    assert_shown_on_a_page(page)


def test_without_an_account_the_grant_has_none(printer: OAuthClient) -> None:
    assert me(printer.tokens()["access_token"]).json()["account"] is None


def test_no_account_is_shown_to_somebody_who_has_none(printer: OAuthClient) -> None:
    assert 'name="account"' not in printer.authorize().content.decode()


def test_the_only_account_is_named(printer: OAuthClient, ada: Any) -> None:
    MembershipFactory(user=ada, account=AccountFactory(name="Harbour Studio"))

    page = printer.authorize()

    assert "Account it can work on Harbour Studio owner" in text_of(page)
    assert 'type="radio"' not in page.content.decode()


def test_of_several_accounts_one_is_to_be_chosen(printer: OAuthClient, ada: Any) -> None:
    mine = [MembershipFactory(user=ada).account for _ in range(2)]
    other = AccountFactory(name="Somebody else's")

    html = printer.authorize().content.decode()

    offered = re.findall(r'type="radio" name="account" value="([^"]*)"', html)
    assert set(offered) == {str(account.uuid) for account in mine}
    assert len(re.findall(r'type="radio"[^>]* checked>', html)) == 1
    assert other.name not in text_of(printer.authorize())
