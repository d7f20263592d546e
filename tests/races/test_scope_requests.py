"""One scope request in many hands at once: staff decide it once, and it is made once."""

from __future__ import annotations

from functools import partial

import pytest
from django.core.exceptions import ValidationError

from oauthcore.flows.applications.scope_requests import approve, ask, refuse
from oauthcore.models import ScopeRequest, SecurityEvent
from tests.support.factories import UserFactory, register

REASON = "We print the albums that people order with us."
SCOPES = {
    "read": "Read your profile",
    **{f"s{number}": {"description": f"Scope {number}", "level": "approval"} for number in range(8)},
}


@pytest.fixture(autouse=True)
def site(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": SCOPES, "OPENID_CONNECT": False}


@pytest.fixture
def application():
    return register(owner=UserFactory(), scopes=["read"]).application


@pytest.fixture
def staff():
    return [UserFactory(is_staff=True) for _ in range(16)]


def kinds():
    return list(SecurityEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_of_many_staff_who_decide_at_once_one_does(application, staff, crowd):
    for scope in ("s0", "s1", "s2", "s3"):
        asked = ScopeRequest.objects.create(application=application, scope=scope, reason=REASON)
        before = len(kinds())

        decisions = crowd.at_once(
            [
                partial([approve, refuse][n % 2], asked, staff=one, answer=str(n))
                for n, one in enumerate(staff)
            ]
        )

        asked.refresh_from_db()
        application.refresh_from_db()
        winner = decisions.index(True)
        assert decisions.count(True) == 1
        assert (asked.decided_by, asked.answer) == (staff[winner], str(winner))
        assert asked.state == ("refused" if winner % 2 else "approved")
        assert (scope in application.scopes) == (asked.state == "approved")
        assert kinds()[before:] == [f"scope_{asked.state}"]


def test_several_scopes_that_are_approved_at_once_are_all_there(application, staff, crowd):
    requests = [
        ScopeRequest.objects.create(application=application, scope=f"s{number}", reason=REASON)
        for number in range(8)
    ]

    crowd.at_once([partial(approve, one, staff=staff[0]) for one in requests])

    application.refresh_from_db()
    assert application.scopes == set(SCOPES)


def tried(application):
    try:
        ask(application, scope="s0", reason=REASON, user=application.owner)
    except ValidationError:
        return False
    return True


def test_asking_many_times_at_once_is_one_request(application, crowd):
    for _ in range(3):
        ScopeRequest.objects.update(state="refused")
        before = len(kinds())

        assert crowd.all_at_once(partial(tried, application)).count(True) == 1
        assert ScopeRequest.objects.get().state == "waiting"
        assert kinds()[before:] == ["scope_requested"]


def test_asking_and_deciding_at_once_end_in_no_deadlock(application, staff, crowd):
    asked = ScopeRequest.objects.create(application=application, scope="s0", reason=REASON)
    for _ in range(5):
        acts = [partial(tried, application), partial(refuse, asked, staff=staff[0])] * 8
        crowd.at_once(acts)

        asked.refresh_from_db()
        assert asked.state in ("waiting", "refused")
        assert (asked.decided_by is None) == (asked.state == "waiting")
