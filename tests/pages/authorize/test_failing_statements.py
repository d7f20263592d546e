"""Whatever statement of the authorize page fails: told as such, nothing half done, and the next try succeeds.

The loop of ``tests/flows/tokens/test_failing_statements.py``, for every way in which the page gives a code
or token.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from tests.support.attempts import rows
from tests.support.factories import register
from tests.support.failing_commits import SQLSTATES, refusing_commits
from tests.support.oauth import OAuthClient, answer, with_person
from tests.support.pages.legacy import (
    OUT_OF_BAND,
    SHOWN,
    TOKEN,
    code_on,
    fragment_of,
    register_implicit,
    register_legacy,
)
from tests.support.reference_site.factories import MembershipFactory
from tests.support.statements import failing_at

pytestmark = pytest.mark.django_db(transaction=True)

Send = Callable[[], Any]


def _person_at(registered: Any) -> OAuthClient:
    return with_person(registered, MembershipFactory().user)


def _approval(oauth: OAuthClient, **changes: Any) -> Send:
    transaction = oauth.authorize(**changes).context["transaction"]
    return lambda: oauth.decide(transaction=transaction, **changes)


def _silence(oauth: OAuthClient, **changes: Any) -> Send:
    oauth.decide(**changes)
    return lambda: oauth.authorize(**changes)


def approved_for_a_code() -> Send:
    return _approval(_person_at(register()))


def approved_for_a_token() -> Send:
    return _approval(_person_at(register_implicit()), **TOKEN)


def approved_for_a_code_to_copy() -> Send:
    return _approval(_person_at(register_legacy(redirect_uris=[OUT_OF_BAND])), **SHOWN)


def approved_for_more() -> Send:
    oauth = _person_at(register())
    oauth.decide()
    return _approval(oauth, scope="read api.images.read")


def a_code_in_silence() -> Send:
    return _silence(_person_at(register()))


def a_token_in_silence() -> Send:
    return _silence(_person_at(register_implicit()), **TOKEN)


def a_code_to_copy_in_silence() -> Send:
    return _silence(_person_at(register_legacy(redirect_uris=[OUT_OF_BAND])), **SHOWN)


def a_code_for_a_trusted_application() -> Send:
    oauth = _person_at(register(is_trusted=True))
    return oauth.authorize


WAYS = [
    approved_for_a_code,
    approved_for_a_token,
    approved_for_a_code_to_copy,
    approved_for_more,
    a_code_in_silence,
    a_token_in_silence,
    a_code_to_copy_in_silence,
    a_code_for_a_trusted_application,
]
each_way = pytest.mark.parametrize("prepare", WAYS, ids=lambda prepare: prepare.__name__)


def has_succeeded(response: Any) -> bool:
    """Return whether a code or token came of it, wherever that is told."""
    if response.status_code == 200:
        return bool(code_on(response))
    told = fragment_of(response) if "#" in response["Location"] else answer(response)
    return bool({"code", "access_token"} & set(told))


def assert_told(response: Any, error: str, *, status: int) -> None:
    """The application is told what it can be told, or the person on a page with a status of its own."""
    if "Location" in response:
        told = fragment_of(response) if "#" in response["Location"] else answer(response)
        assert told["error"] == error
        assert not {"code", "access_token"} & set(told)
    else:
        assert response.status_code == status
        assert ("Retry-After" in response) == (status == 503)
    assert b"ref_api_" not in response.content
    assert "ref_api_" not in str(response.headers)


@each_way
def test_what_fails_is_not_done_at_all_and_can_be_done_again(prepare: Callable[[], Send]) -> None:
    for turn in count(1):
        send = prepare()
        before = rows()
        with failing_at(turn) as has_failed:
            response = send()
        if not has_failed():
            break

        assert_told(response, "temporarily_unavailable", status=503)
        assert rows() == before, f"statement {turn} failed and something was left"
        assert has_succeeded(send()), f"after statement {turn} had failed"

    assert turn > 4, "hardly a statement was made to fail"
    assert has_succeeded(response)


@pytest.mark.postgres
@each_way
@pytest.mark.parametrize(("sqlstate", "status"), SQLSTATES.items())
def test_a_commit_that_fails_leaves_nothing_behind(
    prepare: Callable[[], Send], sqlstate: str, status: int, atomic_requests: bool
) -> None:
    send = prepare()
    before = rows()

    with refusing_commits("oauthcore_grant", sqlstate):
        try:
            response = send()
        except Exception:
            assert status == 500, "what passes by itself is answered"
            assert "copy" in prepare.__name__, "the application can be told"
        else:
            error = "temporarily_unavailable" if status == 503 else "server_error"
            assert_told(response, error, status=status)

    assert rows() == before
    assert has_succeeded(send())
