"""Withdrawing an application's access while it is being given, taken and used.

Once a withdrawal has been answered, nothing lives that was opened before it, and no code comes without a new
yes.
An approval at the same instant comes wholly before it, and is ended with the rest, or wholly after it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from oauthcore.models import Consent, Grant, SecurityEvent
from tests.support.oauth import OAuthClient, answer, is_live, with_person
from tests.support.races.crowd import Crowd
from tests.support.races.end_state import dead, successes
from tests.support.races.tabs import in_own_tab
from tests.support.races.windows import awaiting, head_start, slowly
from tests.support.races.withdrawing import (
    ENDING,
    FORGETTING,
    HOLDING,
    OPENING,
    TAKING,
    approved_before,
    approves,
    asks_silently,
    live,
    withdraws,
)
from tests.support.waiting import wait_until_somebody_waits

#: How often they meet: in an order that is made, and in one that chance decides.
ROUNDS, ROUNDS_BY_CHANCE = 5, 33

TRADING = ("UPDATE oauthcore_authorizationcode", "UPDATE oauthcore_token")


@pytest.fixture
def printer() -> OAuthClient:
    """An application that a person has not approved yet, and their browser."""
    return with_person()


@pytest.fixture
def tab(printer: OAuthClient) -> OAuthClient:
    """Another tab of their browser."""
    return in_own_tab(printer)


@pytest.fixture
def page(printer: OAuthClient) -> OAuthClient:
    """The tab in which they look at what is connected."""
    return in_own_tab(printer)


@pytest.mark.parametrize("is_first", [True, False], ids=["the first yes", "a further yes"])
@pytest.mark.parametrize(
    ("leads", "possible"), [("the yes", {False}), ("the withdrawal", {True}), ("chance", {True, False})]
)
def test_an_approval_comes_wholly_before_a_withdrawal_or_wholly_after_it(
    page: OAuthClient,
    tab: OAuthClient,
    crowd_of: Callable[[int], Crowd],
    is_first: bool,
    leads: str,
    possible: set[bool],
) -> None:
    crowd, other_page, seen = crowd_of(3), in_own_tab(page), set()
    for _ in range(ROUNDS_BY_CHANCE if leads == "chance" else ROUNDS):
        before = approved_before(page)
        if is_first:
            Consent.objects.all().delete()
        yes, ends = approves(tab), [withdraws(page), withdraws(other_page)]

        if leads == "the yes":
            yes = awaiting(yes, wait_until_somebody_waits, *OPENING)
            approved, *ended = crowd.at_once(head_start([yes], *HOLDING, then=ends))
        elif leads == "the withdrawal":
            end = awaiting(ends[0], wait_until_somebody_waits, *ENDING)
            *ended, approved = crowd.at_once(head_start([end], *FORGETTING, then=[yes]))
        else:
            ends = [slowly(one, *TAKING) for one in ends]
            *ended, approved = crowd.at_once([*ends, slowly(yes, *HOLDING, *OPENING)])

        assert {one.status_code for one in ended} == {303}
        assert not is_live(before)
        if "code" in (told := _told(approved)):
            is_remembered = Consent.objects.exists()
            assert live() == is_remembered, "the yes and its grant went different ways"
            assert (tab.redeem(told["code"]).status_code == 200) == is_remembered
            seen.add(is_remembered)
        Consent.objects.all().delete()
        Grant.objects.update(revoked_at=timezone.now())
    assert seen
    assert seen <= possible


def _told(response: Any) -> dict[str, str]:
    """Return what the application was told; a page that built on what was withdrawn may say so instead."""
    return answer(response) if response.status_code == 302 else {}


@pytest.mark.parametrize(
    ("leads", "possible"),
    [("the silent one", {True}), ("the withdrawal", {False}), ("chance", {True, False})],
)
def test_no_code_comes_silently_after_a_withdrawal(
    printer: OAuthClient,
    page: OAuthClient,
    tab: OAuthClient,
    crowd_of: Callable[[int], Crowd],
    leads: str,
    possible: set[bool],
) -> None:
    crowd, seen = crowd_of(3), set()
    for _ in range(ROUNDS_BY_CHANCE if leads == "chance" else ROUNDS):
        before = approved_before(printer)
        end, asks = withdraws(page), [asks_silently(one) for one in (tab, printer)]

        if leads == "the silent one":
            ask = awaiting(asks[0], wait_until_somebody_waits, "INSERT INTO oauthcore_authorizationcode")
            *silent, ended = crowd.at_once(head_start([ask], *OPENING, then=[end]))
        elif leads == "the withdrawal":
            end = awaiting(end, wait_until_somebody_waits, *ENDING)
            ended, *silent = crowd.at_once(head_start([end], *FORGETTING, then=asks))
        else:
            asks = [slowly(one, *OPENING) for one in asks]
            ended, *silent = crowd.at_once([slowly(end, *TAKING), *asks])

        assert ended.status_code == 303
        for told in map(answer, silent):
            assert told.get("error", "consent_required") == "consent_required"
            assert "code" not in told or printer.redeem(told["code"]).json()["error"] == "invalid_grant"
            seen.add("code" in told)
        assert not is_live(before)
        assert (live(), Consent.objects.count()) == (0, 0)
    assert answer(printer.authorize(prompt="none"))["error"] == "consent_required"
    assert seen <= possible


@pytest.mark.parametrize(
    ("leads", "possible"), [("the trades", {2}), ("the withdrawal", {0, 1, 2}), ("chance", {0, 1, 2})]
)
def test_nothing_that_was_traded_meanwhile_outlives_a_withdrawal(
    printer: OAuthClient,
    page: OAuthClient,
    crowd_of: Callable[[int], Crowd],
    leads: str,
    possible: set[int],
) -> None:
    crowd, seen = crowd_of(3), set()
    for _ in range(ROUNDS_BY_CHANCE if leads == "chance" else ROUNDS):
        before, code = printer.tokens(), printer.code()
        end = slowly(withdraws(page), *TAKING)
        trades = [
            slowly(partial(printer.redeem, code), *TRADING),
            slowly(partial(printer.refresh, before["refresh_token"]), *TRADING),
        ]

        if leads == "the trades":
            *traded, ended = crowd.at_once(head_start(trades, *TRADING, then=[end]))
        elif leads == "the withdrawal":
            ended, *traded = crowd.at_once(head_start([end], *FORGETTING, then=trades))
        else:
            ended, *traded = crowd.at_once([end, *trades])

        assert ended.status_code == 303
        issued = successes(traded)
        assert all(dead(printer, tokens) for tokens in [before, *issued])
        assert live() == 0
        seen.add(len(issued))
    assert seen <= possible


def test_withdrawals_at_once_all_succeed_and_are_one_event(
    printer: OAuthClient, crowd_of: Callable[[int], Crowd]
) -> None:
    crowd, everything = crowd_of(8), {"all": "applications"}
    pages = [in_own_tab(printer) for _ in range(8)]
    acts = [withdraws(one) for one in pages[:4]]
    acts += [partial(one.browser.post, "/oauth/connections/", everything) for one in pages[4:]]
    for rounds in range(1, 11):
        before = approved_before(printer)

        assert {one.status_code for one in crowd.at_once([slowly(one, *TAKING) for one in acts])} == {303}

        assert not is_live(before)
        withdrawn = SecurityEvent.objects.filter(kind=SecurityEvent.Kind.CONSENT_WITHDRAWN)
        assert withdrawn.count() == rounds
