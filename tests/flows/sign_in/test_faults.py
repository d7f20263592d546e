"""Whatever fails while somebody signs in: 503, nothing half done, no code burned, and the next try succeeds.

Every statement of every request fails once, as in ``tests/flows/tokens/test_failing_statements.py``, and so
does the COMMIT. Tries stay counted for their address and login. A code goes back to its person's budget with
all else that its transaction did; whoever sent it was not told whether it was right.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from tests.support.failing_commits import SQLSTATES, refusing_commits
from tests.support.sign_in.requests import REQUESTS, all_but_tries
from tests.support.statements import failing_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def many_tries_from_here(settings: Any) -> None:
    settings.OAUTHCORE = settings.OAUTHCORE | {
        "LOGIN_ADDRESS_LIMIT": (1000, 300),
        "LOGIN_LIMIT": (1000, 300),
    }


@pytest.mark.parametrize("prepare", REQUESTS, ids=lambda prepare: prepare.__name__)
def test_a_request_whose_statement_fails_is_not_done_at_all_and_can_be_sent_again(prepare, clock):
    for turn in count(1):
        attempt = prepare()
        before = all_but_tries()
        with failing_at(turn) as has_failed:
            answer = attempt.send()
        if not has_failed():
            break

        assert answer.refused == (503, "temporarily_unavailable"), (turn, answer.body)
        assert answer.json.keys() == {"error", "error_description"}
        assert int(answer.retry_after) >= 1
        assert answer.headers["Cache-Control"] == "no-store"
        assert all_but_tries() == before, f"statement {turn} failed and something was left"
        assert attempt.succeeded(attempt.send()), f"after statement {turn} had failed"

    assert turn > 2, "hardly a statement was made to fail"
    assert attempt.succeeded(answer)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "prepare", [one for one in REQUESTS if "wrong" not in one.__name__], ids=lambda prepare: prepare.__name__
)
@pytest.mark.parametrize("is_atomic", [False, True], ids=["", "ATOMIC_REQUESTS"])
def test_a_commit_that_fails_leaves_nothing_behind(prepare, is_atomic, atomic_requests, clock):
    atomic_requests(is_atomic)
    attempt = prepare()
    before = all_but_tries()

    for sqlstate, status in SQLSTATES.items():
        with refusing_commits(attempt.inserts_into, sqlstate):
            answer = attempt.send()

        assert answer.status == status, sqlstate
        assert answer.json.keys() == {"error", "error_description"}
        assert ("Retry-After" in answer.headers) == (status == 503)
        assert all_but_tries() == before
    assert attempt.succeeded(attempt.send())
