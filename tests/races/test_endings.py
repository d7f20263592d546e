"""Ending a grant while it is in use: whoever ended it may trust that it is over (RFC 7009 §2.1)."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model

from oauthcore.models import SecurityEvent, database
from tests.support.oauth import is_live
from tests.support.races.end_state import dead, events_of, latest_grant, successes


@pytest.mark.rfc("7009", "2.1")
@pytest.mark.parametrize("shown", ["access_token", "refresh_token"])
def test_after_a_revocation_nothing_of_the_grant_is_taken_whatever_a_refresh_won_meanwhile(
    shown, oauth, crowd_of
):
    crowd = crowd_of(2)
    for _ in range(25):
        first = oauth.redeem(oauth.code()).json()

        revoked, refreshed = crowd.at_once(
            [partial(oauth.revoke, first[shown]), partial(oauth.refresh, first["refresh_token"])]
        )

        assert revoked.status_code == 200
        assert all(dead(oauth, tokens) for tokens in [first, *successes([refreshed])])
        assert events_of(latest_grant()) == [SecurityEvent.Kind.REVOKED]


def test_many_revocations_of_one_grant_all_succeed_and_are_one_event(oauth, crowd):
    tokens = oauth.redeem(oauth.code()).json()
    shown = [tokens["access_token"], tokens["refresh_token"]] * 8

    answers = crowd.at_once([partial(oauth.revoke, token) for token in shown])

    assert {(one.status_code, one.content) for one in answers} == {(200, b"{}")}
    assert events_of(latest_grant()) == [SecurityEvent.Kind.REVOKED]


def change_password() -> None:
    person = get_user_model().objects.get()
    person.set_password(uuid4().hex)
    person.save()


def test_refreshes_revocations_and_a_new_password_at_once_end_in_no_deadlock(oauth, crowd_of, monkeypatch):
    monkeypatch.setattr(database, "MOST_RUNS", 1)  # otherwise the one that is refused would be run again
    crowd = crowd_of(12)
    for _ in range(10):
        oauth.browser.force_login(get_user_model().objects.get())
        first = oauth.redeem(oauth.code()).json()
        refresh = partial(oauth.refresh, first["refresh_token"])
        revoke = partial(oauth.revoke, first["refresh_token"])

        answers = crowd.at_once([*[refresh] * 7, *[revoke] * 4, change_password])

        won = successes(answers[:7])
        assert [one.status_code for one in answers[7:11]] == [200] * 4
        assert len(won) <= 1
        assert not any(is_live(one["access_token"]) for one in [first, *won])
        assert latest_grant().revoked_at is not None


def test_a_new_password_ends_what_is_refreshed_at_the_same_time(oauth, crowd_of):
    crowd = crowd_of(9)
    for _ in range(5):
        oauth.browser.force_login(get_user_model().objects.get())
        families = [oauth.redeem(oauth.code()).json() for _ in range(8)]
        refreshes = [partial(oauth.refresh, one["refresh_token"]) for one in families]

        *answers, _ = crowd.at_once([*refreshes, change_password])

        assert not any(is_live(one["access_token"]) for one in [*families, *successes(answers)])
