"""Whatever statement fails, nothing is half done: 503, no token in the answer, and the next try succeeds.

The loop of fosite's suite: the n-th statement of a request fails, for every n there is.
"""

from __future__ import annotations

from itertools import count

import pytest
from django.test import Client

from tests.support.attempts import (
    Attempt,
    client_credentials,
    code,
    refresh,
    replay,
    replayed_code,
    revoke,
    revoke_own,
    rows,
)
from tests.support.factories import bearer, register
from tests.support.oauth import OAuthClient, me, with_person
from tests.support.reference_site.factories import MembershipFactory
from tests.support.statements import failing_at

pytestmark = pytest.mark.django_db(transaction=True)


def client_credentials_again():
    attempt = client_credentials()
    attempt.send()
    return attempt


def introspect():
    server = OAuthClient(register(may_introspect=True))
    membership = MembershipFactory()
    text = bearer(user=membership.user, account_uuid=membership.account.pk)
    return Attempt(lambda: server.introspect(text), lambda response: response.json()["active"])


def at_a_resource():
    membership = MembershipFactory()
    text = bearer(user=membership.user, account_uuid=membership.account.pk)
    return Attempt(lambda: me(text))


def library():
    membership = MembershipFactory()
    text = bearer(user=membership.user, account_uuid=membership.account.pk, scopes=["api.images.read"])
    return Attempt(lambda: Client().get("/v1/images", headers={"authorization": f"Bearer {text}"}))


def wrong_secret():
    oauth = OAuthClient(register())
    return Attempt(
        lambda: oauth.token(grant_type="client_credentials", client_secret="guess"),
        lambda response: response.json()["error"] == "invalid_client",
    )


def replayed_refresh():
    oauth = with_person()
    text = oauth.tokens()["refresh_token"]
    tokens = oauth.refresh(text).json()
    return replay(lambda: oauth.refresh(text), tokens)


REQUESTS = [
    code,
    refresh,
    client_credentials,
    client_credentials_again,
    revoke,
    revoke_own,
    introspect,
    at_a_resource,
    library,
    wrong_secret,
    replayed_code,
    replayed_refresh,
]


@pytest.mark.parametrize("prepare", REQUESTS, ids=lambda prepare: prepare.__name__)
def test_a_request_whose_statement_fails_is_not_done_at_all_and_can_be_sent_again(prepare):
    for turn in count(1):
        attempt = prepare()
        before = rows()
        with failing_at(turn) as has_failed:
            response = attempt.send()
        if not has_failed():
            break

        assert response.status_code == 503, (turn, response.content)
        assert response.json()["error"] == "temporarily_unavailable"
        assert response.json().keys() == {"error", "error_description"}
        assert int(response["Retry-After"]) >= 1
        assert response["Cache-Control"] == "no-store"
        assert "ref_api_" not in response.text
        assert rows() == before, f"statement {turn} failed and something was left"
        assert attempt.succeeded(attempt.send()), f"after statement {turn} had failed"

    assert turn > 1, "no statement was made to fail"
    assert attempt.succeeded(response)
