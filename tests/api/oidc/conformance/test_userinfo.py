"""Modules about the userinfo endpoint: methods, places for the token, and tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.models import Grant
from tests.support.factories import bearer, register, service_token, sign_in_token
from tests.support.oauth import post
from tests.support.relying_party import (
    USERINFO,
    RelyingParty,
    relying_party,
    somebody,
    tampered,
    unsigned,
    userinfo,
    userinfo_by_form,
)
from tests.support.sign_in.people import with_account

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")


@pytest.mark.openid("core", "5.3.2")
def test_oidcc_userinfo_get(party: RelyingParty) -> None:
    signed_in = party.sign_in()
    answered = userinfo(signed_in.access_token)

    assert answered["Content-Type"].startswith("application/json")
    assert answered["Cache-Control"] == "no-store"
    assert answered.json() == {"sub": signed_in.claims["sub"]}


@pytest.mark.openid("core", "5.3.1")
def test_oidcc_userinfo_post_header(party: RelyingParty) -> None:
    signed_in = party.sign_in()
    answered = Client().post(USERINFO, headers={"authorization": f"Bearer {signed_in.access_token}"})

    assert answered.json() == {"sub": signed_in.claims["sub"]}


@pytest.mark.openid("core", "5.3.1")
def test_oidcc_userinfo_post_body(party: RelyingParty) -> None:
    signed_in = party.sign_in()

    assert userinfo_by_form(signed_in.access_token).json() == {"sub": signed_in.claims["sub"]}


@pytest.mark.rfc("6750", "2")
def test_oidcc_userinfo_refuses_a_token_in_two_places_and_in_the_address(party: RelyingParty) -> None:
    token = party.sign_in().access_token

    twice = post(USERINFO, {"access_token": token}, authorization=f"Bearer {token}")
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")
    assert Client().get(USERINFO, {"access_token": token}).status_code in (400, 401)


@pytest.mark.openid("core", "5.3.3")
@pytest.mark.rfc("6750", "3")
def test_oidcc_userinfo_without_a_token_is_a_challenge(party: RelyingParty) -> None:
    answered = Client().get(USERINFO)

    assert answered.status_code == 401
    assert answered["WWW-Authenticate"].startswith("Bearer ")


def _id_token(party: RelyingParty) -> str:
    return party.sign_in().id_token


def _unsigned_id_token(party: RelyingParty) -> str:
    return unsigned(party.sign_in().id_token)


def _tampered_id_token(party: RelyingParty) -> str:
    return tampered(party.sign_in().id_token, aud="https://testserver")


def _refresh_token(party: RelyingParty) -> str:
    return str(party.sign_in().answered["refresh_token"])


def _code(party: RelyingParty) -> str:
    return party.code()


def _client_secret(party: RelyingParty) -> str:
    return str(party.registered.client_secret)


def _revoked(party: RelyingParty) -> str:
    token = party.sign_in().access_token
    party.revoke(token)
    return token


def _cut_short(party: RelyingParty) -> str:
    return party.sign_in().access_token[:-1]


WRONG = [
    _id_token,
    _unsigned_id_token,
    _tampered_id_token,
    _refresh_token,
    _code,
    _client_secret,
    _revoked,
    _cut_short,
    lambda party: "nonsense",
    lambda party: "a" * 5000,
]


@pytest.mark.openid("core", "5.3.3")
@pytest.mark.parametrize("ask", [userinfo, userinfo_by_form])
@pytest.mark.parametrize("make", WRONG)
def test_oidcc_userinfo_with_what_is_no_access_token(party: RelyingParty, make: Any, ask: Any) -> None:
    answered = ask(make(party))

    assert (answered.status_code, answered.json()["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in answered["WWW-Authenticate"]
    assert "sub" not in answered.json()


@pytest.mark.openid("core", "5.3.3")
def test_oidcc_userinfo_with_an_expired_token(party: RelyingParty, clock: Any) -> None:
    token = party.sign_in().access_token
    clock.shift(3601)

    assert userinfo(token).status_code == 401


@pytest.mark.openid("core", "5.3.1")
def test_oidcc_userinfo_needs_openid(party: RelyingParty) -> None:
    answered = userinfo(party.tokens(scope="read")["access_token"])

    assert (answered.status_code, answered.json()["error"]) == (403, "insufficient_scope")


@pytest.mark.parametrize("kind", ["service", "sign in", "client credentials"])
def test_oidcc_userinfo_is_for_grants_of_people_to_applications(kind: str) -> None:
    person = with_account(username="grace")
    account = person.account.uuid
    tokens = {
        "service": lambda: service_token(account),
        "sign in": lambda: sign_in_token(person.user, account),
        "client credentials": _client_credentials,
    }

    assert userinfo(tokens[kind]()).status_code in (401, 403)


def _client_credentials() -> str:
    registered = register(scopes=["openid", "read"])
    parameters = {**registered.credentials, "grant_type": "client_credentials", "scope": "read"}
    return str(post("/oauth/token", parameters).json()["access_token"])


def test_oidcc_openid_is_nothing_an_application_can_ask_for_itself() -> None:
    registered = register(scopes=["openid", "read"])
    parameters = {**registered.credentials, "grant_type": "client_credentials", "scope": "openid"}
    answered = post("/oauth/token", parameters)

    assert "id_token" not in answered.json()
    assert answered.status_code == 400 or userinfo(answered.json()["access_token"]).status_code in (401, 403)


@pytest.mark.openid("core", "5.3.2")
def test_oidcc_userinfo_of_somebody_who_is_gone() -> None:
    user = somebody()
    token = relying_party(user=user).sign_in().access_token
    user.is_active = False
    user.save()

    assert userinfo(token).status_code == 401


@pytest.mark.openid("core", "5.3.2")
def test_oidcc_userinfo_after_the_grant_was_ended(party: RelyingParty) -> None:
    token = party.sign_in().access_token
    Grant.objects.update(revoked_at=timezone.now() - timedelta(seconds=1))

    assert userinfo(token).status_code == 401


@pytest.mark.openid("core", "5.3.2")
def test_oidcc_a_person_without_a_name_has_no_empty_claims() -> None:
    party = relying_party(user=somebody(first_name="", last_name="", email=""))
    found = party.sign_in(scope="openid profile email").userinfo()

    assert "name" not in found
    assert "email" not in found
    assert all(value not in ("", None, [], {}) for value in found.values())


@pytest.mark.openid("core", "5.3.1")
def test_oidcc_userinfo_may_be_asked_by_pages_of_other_origins(party: RelyingParty) -> None:
    token = party.sign_in().access_token
    headers = {"authorization": f"Bearer {token}", "origin": "https://spa.example"}

    assert Client().get(USERINFO, headers=headers)["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_oidcc_userinfo_with_another_method(party: RelyingParty, method: str) -> None:
    assert Client().generic(method, USERINFO).status_code == 405


def test_oidcc_a_token_without_openid_says_nothing_here_even_if_it_may_do_much() -> None:
    assert userinfo(bearer(scopes=["read", "api.images.read"])).status_code == 403
