"""``prompt=select_account``: the person chooses the account or another login, whatever is remembered."""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import Application
from tests.support.oauth import OAuthClient, answer, granted, me
from tests.support.pages.refusals import assert_refused
from tests.support.reference_site.factories import MembershipFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("which page is shown; the approval runs on PostgreSQL in the races"),
]
SELECT: dict[str, Any] = {"prompt": "select_account"}


def test_the_page_is_shown_where_all_of_it_is_remembered(printer: OAuthClient) -> None:
    printer.tokens()
    assert answer(printer.authorize())["code"]

    page = printer.authorize(**SELECT)

    assert page.status_code == 200
    assert "Use another login" in page.content.decode()
    assert page.context["scope_groups"][0]["scopes"][0]["name"] == "read"
    assert granted(printer.decide(**SELECT), printer) == {"read"}


def test_a_trusted_application_has_it_shown_too(printer: OAuthClient) -> None:
    Application.objects.update(is_trusted=True)

    assert printer.authorize(**SELECT).status_code == 200
    assert answer(printer.authorize())["code"]


def test_another_account_can_be_chosen_than_the_one_that_is_remembered(
    printer: OAuthClient, ada: Any
) -> None:
    first, second = (MembershipFactory(user=ada).account for _ in range(2))
    printer.redeem(answer(printer.decide(form={"account": str(first.uuid)}))["code"])

    page = printer.authorize(**SELECT)
    chosen = printer.decide(**SELECT, form={"account": str(second.uuid)})

    assert {one["uuid"] for one in page.context["accounts"]} >= {str(first.uuid), str(second.uuid)}
    token = printer.redeem(answer(chosen)["code"]).json()["access_token"]
    assert me(token).json()["account"]["uuid"] == str(second.uuid)


def test_whoever_is_not_logged_in_logs_in_once_and_chooses_then(
    stranger: OAuthClient, printer: OAuthClient
) -> None:
    sent = stranger.authorize(**SELECT)["Location"]

    assert sent.startswith("/login?")
    assert printer.authorize(prompt="select_account consent").status_code == 200


def test_it_cannot_be_asked_for_silently(printer: OAuthClient) -> None:
    assert_refused(printer.authorize(prompt="none select_account"), "invalid_request")
