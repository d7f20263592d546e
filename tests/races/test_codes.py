"""One authorization code in many hands at once (RFC 6749 §4.1.2)."""

from __future__ import annotations

from functools import partial
from threading import Barrier

import pytest

from oauthcore.models import AuthorizationCode, SecurityEvent, Token
from oauthcore.models.codes import MOST_FAILURES
from tests.support.oauth import is_live
from tests.support.races.crowd import PATIENCE_SECONDS
from tests.support.races.end_state import dead, events_of, latest_grant, orphans, rows_under, successes
from tests.support.races.windows import Moment, awaiting, reaching

WRONG_VERIFIER = "somebody-elses-verifier-of-forty-three-or-more"


@pytest.mark.rfc("6749", "4.1.2")
@pytest.mark.parametrize(("threads", "rounds"), [(16, 50), (64, 3)])
def test_of_many_redemptions_of_one_code_one_wins_and_the_others_end_its_grant(
    threads, rounds, oauth, crowd_of
):
    crowd = crowd_of(threads)
    for _ in range(rounds):
        code = oauth.code()

        won = successes(crowd.all_at_once(partial(oauth.redeem, code)))

        grant = latest_grant()
        assert len(won) == 1
        assert grant.revoked_reason == "authorization code replayed"
        assert events_of(grant) == [SecurityEvent.Kind.CODE_REPLAYED]
        assert rows_under(grant) == [Token.Kind.ACCESS, Token.Kind.REFRESH]
        assert dead(oauth, won[0])
    assert Token.objects.count() == 2 * rounds


def test_a_code_that_strangers_send_at_the_same_time_is_its_own_applications(oauth, crowd, stranger):
    for _ in range(10):
        code = oauth.code()

        mine, *theirs = crowd.at_once([partial(oauth.redeem, code), *[partial(stranger.redeem, code)] * 15])

        assert successes(theirs) == []
        assert is_live(mine.json()["access_token"])
        assert events_of(latest_grant()) == []


@pytest.mark.rfc("7636", "4.6")
def test_wrong_verifiers_beside_the_right_one_end_nothing(oauth, crowd_of):
    crowd = crowd_of(MOST_FAILURES)
    for _ in range(10):
        code = oauth.code()
        wrong = partial(oauth.redeem, code, code_verifier=WRONG_VERIFIER)

        right, *others = crowd.at_once([partial(oauth.redeem, code), *[wrong] * (MOST_FAILURES - 1)])

        assert successes(others) == []
        assert is_live(right.json()["access_token"])
        assert oauth.refresh(right.json()["refresh_token"]).status_code == 200
        assert events_of(latest_grant()) == []


def test_enough_wrong_verifiers_may_burn_the_code_first_but_never_end_what_was_won(oauth, crowd):
    for _ in range(10):
        code = oauth.code()
        wrong = partial(oauth.redeem, code, code_verifier=WRONG_VERIFIER)

        right, *others = crowd.at_once([partial(oauth.redeem, code), *[wrong] * 15])

        won = successes([right])
        assert successes(others) == []
        assert [is_live(one["access_token"]) for one in won] == [True] * len(won)
        assert len(rows_under(latest_grant())) == 2 * len(won)
        assert events_of(latest_grant()) == []
    assert orphans() == 0


def test_a_redemption_overtaken_by_the_failure_that_burns_the_code_is_no_replay(oauth, crowd, monkeypatch):
    use, looked = AuthorizationCode.use, Moment()
    all_are_there = Barrier(MOST_FAILURES + 1, timeout=PATIENCE_SECONDS)

    def use_late(self, **when):
        looked.come()
        all_are_there.wait()
        return use(self, **when)

    monkeypatch.setattr(AuthorizationCode, "use", use_late)
    code = oauth.code()
    wrong = partial(oauth.redeem, code, code_verifier=WRONG_VERIFIER)
    wrong = awaiting(reaching(wrong, all_are_there.wait), looked.wait)

    right, *_ = crowd.at_once([partial(oauth.redeem, code), *[wrong] * MOST_FAILURES])

    assert right.json()["error"] == "invalid_grant"
    assert rows_under(latest_grant()) == []
    assert events_of(latest_grant()) == []
