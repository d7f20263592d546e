"""Moving from SimpleJWT: an outstanding refresh token is traded for tokens of this site at its first use."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
from django.conf import settings as django_settings
from django.test import Client

from oauthcore.models import Grant, SecurityEvent
from tests.support.factories import UserFactory
from tests.support.moving import connections_of, counts_of, pair_of, post, read, run_import, sign_out_device
from tests.support.sign_in.client import AppClient
from tests.support.sign_in.people import with_account

pytestmark = [
    pytest.mark.sqlite_only("test_on_every_database.py asks the others"),
    pytest.mark.urls("tests.support.sites.former_packages"),
    pytest.mark.usefixtures("former_packages", "without_accounts", "clock"),
]


def test_a_refresh_token_is_traded_and_its_session_goes_on():
    user = UserFactory()
    pair = pair_of(user)
    assert post("/api/token/refresh/", refresh=pair["refresh"]).status_code == 401

    assert counts_of(run_import("simplejwt")) == (1, 0, {})
    first = post("/api/token/refresh/", refresh=pair["refresh"]).json()
    second = post("/api/token/refresh/", refresh=first["refresh"]).json()

    assert first.keys() == second.keys() == {"access", "refresh"}
    for access in (first["access"], second["access"]):
        assert read(f"Bearer {access}").json() == {"user": str(user), "kind": "user_token"}
    assert "SimpleJWT" in connections_of(user)
    assert Grant.objects.get().imported_from == "simplejwt"


def test_its_access_token_is_refused_and_the_client_refreshes():
    pair = pair_of(UserFactory())
    run_import("simplejwt")

    assert read(f"Bearer {pair['access']}").status_code == 401
    assert read(f"Bearer {pair['refresh']}").status_code == 401
    assert post("/api/token/refresh/", refresh=pair["access"]).status_code == 401


def test_the_endpoint_of_signing_in_takes_it_too():
    refresh = pair_of(UserFactory())["refresh"]
    run_import("simplejwt")

    answer = post("/v1/auth/token", refresh_token=refresh)

    assert answer.status_code == 200
    assert read(f"Bearer {answer.json()['access_token']}").status_code == 200


def test_a_traded_session_outlives_the_imported_token(clock):
    refresh = pair_of(UserFactory())["refresh"]
    run_import("simplejwt")
    mine = post("/api/token/refresh/", refresh=refresh).json()["refresh"]

    clock.shift(timedelta(days=89))

    assert post("/api/token/refresh/", refresh=mine).status_code == 200


def test_a_token_that_was_not_traded_ends_when_simplejwt_said(clock):
    user = UserFactory()
    refresh = pair_of(user)["refresh"]
    run_import("simplejwt")
    clock.shift(timedelta(days=1) - timedelta(seconds=1))
    assert "SimpleJWT" in connections_of(user)

    clock.shift(1)

    assert post("/api/token/refresh/", refresh=refresh).status_code == 401
    assert "SimpleJWT" not in connections_of(user)


def test_a_token_that_is_used_twice_ends_its_session():
    refresh = pair_of(UserFactory())["refresh"]
    run_import("simplejwt")
    access = post("/api/token/refresh/", refresh=refresh).json()["access"]

    replayed = post("/api/token/refresh/", refresh=refresh)

    assert (replayed.status_code, replayed.json()["code"]) == (401, "token_not_valid")
    assert replayed.json()["error"] == "refresh_token_reused"
    assert read(f"Bearer {access}").status_code == 401
    assert SecurityEvent.objects.get().kind == SecurityEvent.Kind.REFRESH_TOKEN_REPLAYED


def test_a_client_that_lost_the_answer_may_repeat_the_request_within_the_grace(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"REFRESH_TOKEN_GRACE": 30}
    refresh = pair_of(UserFactory())["refresh"]
    run_import("simplejwt")

    first, again = (post("/api/token/refresh/", refresh=refresh).json() for _ in range(2))

    assert first["refresh"] == again["refresh"]
    assert read(f"Bearer {again['access']}").status_code == 200


def test_what_simplejwt_blacklists_after_the_import_is_refused():
    refresh = pair_of(UserFactory())["refresh"]
    run_import("simplejwt")

    assert post("/before/token/blacklist/", refresh=refresh).status_code == 200

    refused = post("/api/token/refresh/", refresh=refresh)
    assert (refused.status_code, refused.json()["detail"]) == (401, "Token is invalid")


def test_what_simplejwt_blacklists_after_its_first_use_is_not_repeated_in_the_grace(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"REFRESH_TOKEN_GRACE": 30}
    refresh = pair_of(UserFactory())["refresh"]
    run_import("simplejwt")
    assert [post("/api/token/refresh/", refresh=refresh).status_code for _ in range(2)] == [200, 200]

    post("/before/token/blacklist/", refresh=refresh)

    assert post("/api/token/refresh/", refresh=refresh).status_code == 401


@pytest.mark.parametrize("by", ["refresh token", "person"])
def test_it_is_revoked(by):
    user = UserFactory()
    refresh = pair_of(user)["refresh"]
    run_import("simplejwt")

    if by == "person":
        sign_out_device(user, Grant.objects.get().uuid)
    else:
        answer = post("/api/token/blacklist/", refresh=refresh)
        assert (answer.status_code, answer.json()) == (200, {})

    assert post("/api/token/refresh/", refresh=refresh).status_code == 401


def test_clients_are_told_in_the_words_of_simplejwt():
    run_import("simplejwt")

    for path in ("/api/token/refresh/", "/api/token/blacklist/"):
        missing = post(path)
        assert (missing.status_code, missing.json()["refresh"]) == (400, ["This field is required."])
    unknown = Client().post("/api/token/refresh/", {"refresh": "nonsense"})
    assert (unknown.status_code, unknown.json()["code"]) == (401, "token_not_valid")
    assert post("/api/token/blacklist/", refresh="nonsense").status_code == 200


def test_a_token_to_which_the_site_added_claims_is_known_by_its_jti():
    refresh = pair_of(UserFactory())["refresh"]
    claims = jwt.decode(refresh, options={"verify_signature": False})
    as_given = jwt.encode({**claims, "name": "Ada"}, django_settings.SECRET_KEY, algorithm="HS256")
    forged = jwt.encode(claims, "another key that is as long as a key must be", algorithm="HS256")
    run_import("simplejwt")

    assert post("/api/token/refresh/", refresh=forged).status_code == 401
    assert post("/api/token/refresh/", refresh=as_given).status_code == 200


def test_on_a_site_with_accounts_the_alias_works_on_the_first_account(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {
        "ACCOUNT_BACKEND": "reference_site.accounts.backend.MembershipBackend"
    }
    person = with_account()
    refresh = pair_of(person.user)["refresh"]
    pair_of(UserFactory())

    assert counts_of(run_import("simplejwt")) == (1, 0, {"its person has no account to work on": 1})
    access = post("/api/token/refresh/", refresh=refresh).json()["access"]

    assert read(f"Bearer {access}", "/v1/me").json()["account"]["uuid"] == str(person.account.uuid)


def test_without_the_tables_of_simplejwt_the_blacklist_is_empty(monkeypatch):
    refresh = pair_of(UserFactory())["refresh"]
    run_import("simplejwt")
    monkeypatch.setattr("oauthcore.models.simplejwt_blacklist._BLACKLISTED", "gone")

    assert post("/api/token/refresh/", refresh=refresh).status_code == 200


def test_the_alias_takes_refresh_tokens_of_this_site_too(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {
        "ACCOUNT_BACKEND": "reference_site.accounts.backend.MembershipBackend"
    }
    person, stranger = with_account(username="ada"), UserFactory(username="nobody")

    for login, account in (("ada", str(person.account.uuid)), (stranger.username, None)):
        refresh = AppClient(login=login).sign_in().json["refresh_token"]
        access = post("/api/token/refresh/", refresh=refresh).json()["access"]
        told = read(f"Bearer {access}", "/v1/me").json()["account"]
        assert (told and told["uuid"]) == account


def test_a_long_token_is_taken_at_both_addresses():
    from rest_framework_simplejwt.tokens import RefreshToken

    tokens = []
    for user in (UserFactory(), UserFactory()):
        token = RefreshToken.for_user(user)
        token["groups"] = ["a group with a long name"] * 80
        tokens.append(str(token))
    run_import("simplejwt")

    assert 2000 < len(tokens[0]) < 4096
    assert post("/v1/auth/token", refresh_token=tokens[0]).status_code == 200
    assert post("/api/token/refresh/", refresh=tokens[1]).status_code == 200
