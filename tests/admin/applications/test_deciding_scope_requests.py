"""Staff approve or refuse scope requests, one or several, each once."""

from __future__ import annotations

import pytest

from oauthcore.flows.applications.scope_requests import refuse
from oauthcore.models import ScopeRequest
from tests.support.admin.deciding import DECIDERS, SCOPES, address, decide_together, has, kinds, states
from tests.support.pages.reading import text_of

pytestmark = pytest.mark.django_db


def test_approve_gives_the_scope_and_tells_the_developer(decider, asked, asking):
    answer = decider.post(address(asked), {"_approve": "Approve", "answer": "Welcome."}, follow=True)

    assert "Approved: Photo Printer – See your albums" in text_of(answer)
    asked.refresh_from_db()
    assert (asked.state, asked.answer, asked.decided_by) == ("approved", "Welcome.", decider.user)
    assert has(asking) == {"read", "albums"}
    assert kinds() == ["scope_approved"]


def test_refuse_gives_nothing(decider, asked, asking):
    answer = decider.post(address(asked), {"_refuse": "Refuse", "answer": "Say which."}, follow=True)

    assert "Refused: Photo Printer – See your albums" in text_of(answer)
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("refused", "Say which.")
    assert has(asking) == {"read"}
    assert kinds() == ["scope_refused"]


@pytest.mark.parametrize("button", ["_save", "_continue", "_addanother", ""])
def test_no_other_button_decides_anything(decider, asked, asking, button):
    decider.post(address(asked), {button: "x", "answer": "x", "state": "approved"})

    assert states() == ["waiting"]
    assert ScopeRequest.objects.get().answer == ""
    assert has(asking) == {"read"}
    assert kinds() == []


def test_nothing_but_the_answer_is_read(decider, asked, asking):
    sent = {"_refuse": "x", "state": "approved", "scope": "admin", "application": "0", "reason": "mine"}

    decider.post(address(asked), {**sent, "decided_at_0": "2000-01-01"})

    row = ScopeRequest.objects.get()
    assert (row.state, row.scope, row.application, row.reason) == (
        "refused",
        "albums",
        asking,
        asked.reason,
    )
    assert row.decided_at.year > 2000


def test_an_answer_that_is_too_long_decides_nothing_and_is_not_lost(decider, asked):
    page = decider.post(address(asked), {"_approve": "x", "answer": "y" * 501})

    assert "answer" in page.context["adminform"].form.errors
    assert "y" * 501 in page.content.decode()
    assert states() == ["waiting"]


def test_whoever_comes_second_is_told_so(decider, staff, asked, asking):
    refuse(asked, staff=staff(*DECIDERS).user, answer="No.")

    answer = decider.post(address(asked), {"_approve": "x", "answer": "Yes."}, follow=True)

    assert "It was already decided" in text_of(answer)
    assert "Approved:" not in text_of(answer)
    assert (states(), ScopeRequest.objects.get().answer) == (["refused"], "No.")
    assert has(asking) == {"read"}


def test_a_scope_that_the_site_has_no_more_cannot_be_approved(decider, asked, asking, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": {"read": "Read"}}

    answer = decider.post(address(asked), {"_approve": "x"}, follow=True)

    assert "no scope albums any more" in text_of(answer)
    assert states() == ["waiting"]
    assert has(asking) == {"read"}


@pytest.mark.parametrize(("action", "state"), [("approve", "approved"), ("refuse", "refused")])
def test_several_are_decided_together_once_that_is_confirmed(decider, asked, second, asking, action, state):
    page = decide_together(decider, action, asked, second)
    assert states() == ["waiting", "waiting"]
    assert "See your albums albums" in text_of(page)
    assert "And send them home." in text_of(page)

    answer = decide_together(decider, action, asked, second, confirmed="yes", answer="All of you.")

    assert f"2 requests were {state}." in text_of(answer)
    assert states() == [state, state]
    assert set(ScopeRequest.objects.values_list("answer", flat=True)) == {"All of you."}
    assert has(asking) == ({"read", "albums", "orders"} if state == "approved" else {"read"})
    assert kinds() == [f"scope_{state}"] * 2


def test_those_that_are_decided_already_are_left_as_they_are(decider, asked, second, asking):
    refuse(asked, staff=decider.user, answer="No.")

    page = decide_together(decider, "approve", asked, second)
    assert "See your albums" not in text_of(page)
    decide_together(decider, "approve", asked, second, confirmed="yes")

    assert states() == ["refused", "approved"]
    assert has(asking) == {"read", "orders"}


def test_where_none_is_waiting_there_is_nothing_to_confirm(decider, asked):
    refuse(asked, staff=decider.user)

    assert "These requests are already decided" in text_of(decide_together(decider, "approve", asked))
    assert "These requests are already decided" in text_of(
        decide_together(decider, "refuse", asked, confirmed="yes")
    )


def test_one_answer_that_is_too_long_decides_none_and_is_not_lost(decider, asked, second):
    page = decide_together(decider, "approve", asked, second, confirmed="yes", answer="y" * 501)

    assert "y" * 501 in text_of(page)
    assert b"errorlist" in page.content
    assert states() == ["waiting", "waiting"]


def test_one_that_cannot_be_approved_does_not_keep_the_others(decider, asked, second, asking, settings):
    left = {name: words for name, words in SCOPES.items() if name != "albums"}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": left}

    words = text_of(decide_together(decider, "approve", asked, second, confirmed="yes"))

    assert "no scope albums any more" in words
    assert "1 request was approved." in words
    assert states() == ["waiting", "approved"]
