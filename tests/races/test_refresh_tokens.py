"""One refresh token in many hands at once (RFC 9700 §4.14.2)."""

from __future__ import annotations

from functools import partial

import pytest

from oauthcore.models import SecurityEvent, Token
from tests.support.oauth import is_live
from tests.support.races.end_state import dead, events_of, latest_grant, rows_under, successes


@pytest.mark.rfc("9700", "4.14.2")
@pytest.mark.parametrize(("threads", "rounds"), [(2, 25), (16, 50), (64, 3)])
def test_of_many_refreshes_with_one_token_one_wins_and_the_others_end_its_grant(
    threads, rounds, oauth, crowd_of
):
    crowd = crowd_of(threads)
    for _ in range(rounds):
        first = oauth.redeem(oauth.code()).json()

        won = successes(crowd.all_at_once(partial(oauth.refresh, first["refresh_token"])))

        grant = latest_grant()
        assert len(won) == 1
        assert grant.revoked_reason == "refresh token replayed"
        assert events_of(grant) == [SecurityEvent.Kind.REFRESH_TOKEN_REPLAYED]
        assert rows_under(grant) == [Token.Kind.ACCESS, Token.Kind.ACCESS, Token.Kind.REFRESH]
        assert not is_live(first["access_token"])
        assert dead(oauth, won[0])


def test_within_the_grace_all_get_the_same_refresh_token_and_the_chain_lives(oauth, crowd, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "REFRESH_TOKEN_GRACE": 60}
    latest = oauth.redeem(oauth.code()).json()
    for _ in range(10):
        answers = successes(crowd.all_at_once(partial(oauth.refresh, latest["refresh_token"])))

        assert len(answers) == crowd.size
        assert len({one["refresh_token"] for one in answers}) == 1
        assert len({one["access_token"] for one in answers}) == crowd.size
        latest = answers[0]
    assert is_live(latest["access_token"])
    assert events_of(latest_grant()) == []
    assert rows_under(latest_grant()).count(Token.Kind.REFRESH) == 1


def test_a_use_of_the_successor_closes_the_grace_whoever_repeats_meanwhile(oauth, crowd, settings):
    """Whoever asks before gets the successor; whoever asks after replays, which ends the grant."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "REFRESH_TOKEN_GRACE": 60}
    for _ in range(10):
        spent = oauth.redeem(oauth.code()).json()["refresh_token"]
        current = oauth.refresh(spent).json()["refresh_token"]
        repeat, use = partial(oauth.refresh, spent), partial(oauth.refresh, current)

        used, *repeated = crowd.at_once([use, *[repeat] * (crowd.size - 1)])

        assert {one["refresh_token"] for one in successes(repeated)} <= {current}
        is_replayed = len(successes(repeated)) < len(repeated)
        assert (latest_grant().revoked_at is not None) is is_replayed
        assert used.status_code == 200 or is_replayed
        assert oauth.refresh(spent).status_code == 400
        assert latest_grant().revoked_reason == "refresh token replayed"


def test_a_race_in_one_family_leaves_the_others_alone(oauth, crowd):
    other = oauth.redeem(oauth.code()).json()
    raced = oauth.redeem(oauth.code()).json()

    crowd.all_at_once(partial(oauth.refresh, raced["refresh_token"]))

    assert not is_live(raced["access_token"])
    assert is_live(other["access_token"])
    assert oauth.refresh(other["refresh_token"]).status_code == 200


def test_many_families_refreshing_at_once_all_succeed(oauth, crowd):
    families = [oauth.redeem(oauth.code()).json() for _ in range(crowd.size)]
    for _ in range(5):
        answers = crowd.at_once([partial(oauth.refresh, one["refresh_token"]) for one in families])

        families = successes(answers)
        assert len(families) == crowd.size
    assert all(is_live(one["access_token"]) for one in families)
