"""``/oauth2/revoke`` with what has ended, what is not its own, and a database that fails."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from oauthcore.models import Application, Consent, Grant
from tests.support.dialects.deviantart import DeviantArtClient
from tests.support.factories import UserFactory, register, service_token, sign_in_token
from tests.support.oauth import is_live
from tests.support.reference_site.factories import MembershipFactory
from tests.support.statements import failing_at

DAY = 24 * 60 * 60
either_token = pytest.mark.parametrize("shown", ["access_token", "refresh_token"])


@pytest.mark.django_db
@either_token
@pytest.mark.parametrize("ended_by", ["revoke_refresh_only", "revoke"])
def test_a_token_of_a_grant_that_has_ended_does_not_end_newer_ones(shown, ended_by):
    oauth = DeviantArtClient.at_the_browser_of()
    old = oauth.tokens()
    only = {"revoke_refresh_only": "true"} if ended_by == "revoke_refresh_only" else {}
    oauth.revoke(old["refresh_token"], **only)
    new = oauth.tokens()

    assert oauth.revoke(old[shown]).json() == {"success": True}

    assert is_live(new["access_token"])
    assert oauth.is_refreshable(new)
    assert Consent.objects.count() == 1


@pytest.mark.django_db
def test_a_token_of_a_grant_that_has_expired_does_not_end_newer_ones(clock):
    user = UserFactory()
    oauth = DeviantArtClient.at_the_browser_of(user)
    old = oauth.tokens()
    clock.shift(91 * DAY)
    oauth.browser.force_login(user)
    new = oauth.tokens()

    assert oauth.revoke(old["refresh_token"]).status_code == 200

    assert is_live(new["access_token"])


@pytest.mark.django_db
def test_a_grant_that_another_request_ends_at_the_same_time_ends_nothing_more():
    oauth = DeviantArtClient.at_the_browser_of()
    shown, other = oauth.tokens(), oauth.tokens()
    first = Grant.objects.order_by("pk").filter(pk=Grant.objects.order_by("pk")[0].pk)

    def end_it_first(execute, sql, params, many, context):
        if "oauthcore_consent" in sql:
            first.update(revoked_at=timezone.now())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(end_it_first):
        assert oauth.revoke(shown["access_token"]).json() == {"success": True}

    assert is_live(other["access_token"])
    assert Consent.objects.count() == 1


@pytest.mark.django_db
def test_an_expired_access_token_still_ends_everything_while_its_grant_lives(clock):
    oauth = DeviantArtClient.at_the_browser_of()
    one, other = oauth.tokens(), oauth.tokens()
    clock.shift(3600)

    assert oauth.revoke(one["access_token"]).status_code == 200

    assert not any(oauth.is_refreshable(tokens) for tokens in (one, other))


@pytest.mark.django_db
def test_a_spent_refresh_token_still_ends_everything():
    oauth = DeviantArtClient.at_the_browser_of()
    spent, other = oauth.tokens(), oauth.tokens()
    newer = oauth.refresh(spent["refresh_token"]).json()

    assert oauth.revoke(spent["refresh_token"]).status_code == 200

    assert not any(is_live(tokens["access_token"]) for tokens in (newer, other))


@pytest.mark.django_db
def test_what_a_disabled_application_had_does_not_come_back_with_it():
    oauth = DeviantArtClient.at_the_browser_of()
    tokens = oauth.tokens()
    Application.objects.update(is_enabled=False)

    assert oauth.revoke(tokens["access_token"]).status_code == 200

    Application.objects.update(is_enabled=True)
    assert not is_live(tokens["access_token"])
    assert not oauth.is_refreshable(tokens)


@pytest.mark.django_db
@pytest.mark.parametrize("has_credentials", [False, True])
@pytest.mark.parametrize("kind", ["sign-in", "service"])
def test_sign_in_and_service_tokens_are_not_this_endpoints(kind, has_credentials):
    membership = MembershipFactory()
    account = membership.account.uuid
    text = service_token(account) if kind == "service" else sign_in_token(membership.user, account)
    oauth = DeviantArtClient(register())

    response = oauth.revoke(text, **oauth.registered.credentials if has_credentials else {})

    assert (response.status_code, response.json()) == (200, {"success": True})
    assert is_live(text)


@pytest.mark.django_db(transaction=True)
@either_token
def test_a_storage_error_is_503_and_never_200_and_nothing_is_half_done(shown):
    oauth = DeviantArtClient.at_the_browser_of()
    tokens, other = oauth.tokens(), oauth.tokens()
    client = Client(raise_request_exception=False)
    for turn in range(1, 30):
        with failing_at(turn) as failed:
            response = client.post("/oauth2/revoke", {"token": tokens[shown]})
        if not failed():
            break
        assert response.status_code == 503
        assert response.json()["error"] == "temporarily_unavailable"
        assert response.json()["status"] == "error"
        assert int(response["Retry-After"]) >= 1
        assert all(is_live(one["access_token"]) for one in (tokens, other))
        assert Consent.objects.count() == 1

    assert turn > 4
    assert response.json() == {"success": True}
    assert not any(is_live(one["access_token"]) for one in (tokens, other))
