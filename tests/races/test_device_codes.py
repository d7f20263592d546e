"""One device in many hands at once: those who answer it, and its own requests (RFC 8628 §3.3–§3.5)."""

from __future__ import annotations

from functools import partial

import pytest

from oauthcore.models import Consent, DeviceAuthorization, Grant, Token
from tests.support.devices.television import Television, Viewer, register_television
from tests.support.oauth import is_live
from tests.support.races.end_state import events_of, latest_grant
from tests.support.races.windows import Moment, awaiting, reaching


@pytest.fixture
def television() -> Television:
    return Television(register_television())


@pytest.mark.rfc("8628", "3.4")
def test_of_many_requests_of_one_device_one_gets_tokens_and_nothing_ends(television, crowd):
    viewer = Viewer()
    for _ in range(5):
        television.begin()
        viewer.approve(television.user_code)

        answers = crowd.all_at_once(television.poll)

        won = [one.json() for one in answers if one.status_code == 200]
        assert len(won) == 1
        assert {one.json()["error"] for one in answers if one.status_code != 200} == {"slow_down"}
        assert is_live(won[0]["access_token"])
        assert events_of(latest_grant()) == []
    assert Token.objects.count() == 10


@pytest.mark.rfc("8628", "3.3")
def test_of_many_people_who_approve_one_device_one_does(television, crowd_of):
    viewers = [Viewer() for _ in range(8)]
    crowd = crowd_of(len(viewers))
    for number in range(1, 6):
        television.begin()
        pages = [one.type(television.user_code) for one in viewers]

        answers = crowd.at_once([partial(who.answer, page) for who, page in zip(viewers, pages, strict=True)])

        assert sorted(one.status_code for one in answers) == [303] + [400] * 7
        assert Grant.objects.count() == number
        assert Consent.objects.count() <= number
        assert television.poll().status_code == 200


@pytest.mark.rfc("8628", "3.3")
def test_of_a_yes_and_a_no_at_once_the_first_counts(television, crowd_of):
    crowd = crowd_of(2)
    one, other = Viewer(), Viewer()
    for _ in range(10):
        before = Grant.objects.count()
        television.begin()
        mine, theirs = one.type(television.user_code), other.type(television.user_code)

        said = crowd.at_once([partial(one.answer, mine), partial(other.answer, theirs, "deny")])

        assert sorted(answer.status_code for answer in said) == [303, 400]
        is_approved = said[0].status_code == 303
        assert Grant.objects.count() - before == is_approved
        assert (television.poll().status_code == 200) == is_approved


def test_one_page_that_is_sent_many_times_at_once_opens_one_grant(television, crowd):
    viewer = Viewer()
    television.begin()
    page = viewer.type(television.user_code)

    answers = crowd.all_at_once(partial(viewer.answer, page))

    assert sorted({one.status_code for one in answers}) == [303, 400]
    assert Grant.objects.count() == 1


def test_an_approval_that_is_overtaken_by_a_no_leaves_nothing(television, crowd_of, monkeypatch):
    approve, looked, denied = DeviceAuthorization.approve, Moment(), Moment()

    def approve_late(self, grant, **when):
        looked.come()
        denied.wait()
        return approve(self, grant, **when)

    monkeypatch.setattr(DeviceAuthorization, "approve", approve_late)
    television.begin()
    one, other = Viewer(), Viewer()
    mine, theirs = one.type(television.user_code), other.type(television.user_code)

    no = awaiting(reaching(partial(other.answer, theirs, "deny"), denied.come), looked.wait)
    said = crowd_of(2).at_once([partial(one.answer, mine), no])

    assert [answer.status_code for answer in said] == [400, 303]
    assert not Grant.objects.exists()
    assert not Consent.objects.exists()
    assert television.error() == "access_denied"
