"""An INSERT that fails only at COMMIT, as on a full disk or a lost serialization: nothing was done."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import AuthorizationCode, Grant, Token
from tests.support.failing_commits import SQLSTATES, refusing_commits
from tests.support.oauth import VERIFIER, is_live, with_person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def redeem(oauth, sent):
    return {"grant_type": "authorization_code", "code": sent, "code_verifier": VERIFIER}


def refresh(oauth, sent):
    return {"grant_type": "refresh_token", "refresh_token": sent}


def own(oauth, sent):
    return {"grant_type": "client_credentials"}


@pytest.mark.parametrize(("sqlstate", "status"), SQLSTATES.items())
@pytest.mark.parametrize("ask", [redeem, refresh, own], ids=["code", "refresh", "client credentials"])
@pytest.mark.parametrize("is_atomic", [False, True], ids=["", "ATOMIC_REQUESTS"])
def test_a_commit_that_fails_leaves_nothing_behind(ask, sqlstate, status, is_atomic, atomic_requests):
    atomic_requests(is_atomic)
    oauth = with_person()
    tokens = oauth.tokens()
    sent = oauth.code() if ask is redeem else tokens["refresh_token"]
    parameters = oauth.registered.credentials | ask(oauth, sent)
    client = Client(raise_request_exception=False)
    before = (Token.objects.count(), list(Token.objects.values_list("turn", "previous")))

    with refusing_commits("oauthcore_token", sqlstate):
        response = client.post("/oauth/token", parameters)

    assert response.status_code == status
    assert response.json().keys() == {"error", "error_description"}
    assert ("Retry-After" in response) == (status == 503)
    assert "ref_api_" not in response.text
    assert (Token.objects.count(), list(Token.objects.values_list("turn", "previous"))) == before
    assert not Grant.objects.filter(revoked_at__isnull=False).exists()
    assert AuthorizationCode.objects.filter(used_at__isnull=True).count() == (ask is redeem)
    retried = client.post("/oauth/token", parameters)
    assert retried.status_code == 200
    assert is_live(retried.json()["access_token"])
    assert is_live(tokens["access_token"])
