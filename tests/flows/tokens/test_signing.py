"""Signing JWTs: what happens without a key, what it costs, and how the keys are kept."""

from __future__ import annotations

from datetime import timedelta
from time import thread_time

import pytest
from django.test import Client

from oauthcore.models import SigningKey, Token, signing
from oauthcore.rules.tokens.secrets import LONGEST_TOKEN
from tests.support.oauth import OAuthClient, is_live, me, with_person
from tests.support.reference_site.factories import MembershipFactory
from tests.support.signing import ISSUER, make_keys, register_with_jwts, verified, with_jwts
from tests.support.statements import USE_AND_STORE, statements

pytestmark = pytest.mark.django_db


def test_without_a_key_nothing_is_used_up(caplog):
    oauth = with_person(register_with_jwts())
    code = oauth.code()
    refused = oauth.redeem(code)

    assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
    assert "Retry-After" in refused
    assert not Token.objects.exists()

    make_keys()
    assert verified(oauth.redeem(code).json()["access_token"])


def test_a_key_that_cannot_be_decrypted_is_named_in_the_log_and_opaque_tokens_go_on(settings, caplog):
    oauth = with_jwts()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_KEYS": ["another key " * 4]}
    signing.forget()

    assert oauth.redeem(oauth.code()).status_code == 503
    assert "signing key 1" in caplog.text
    assert with_person().tokens()["access_token"]


def test_one_whose_scopes_do_not_fit_into_a_header_is_refused_and_nothing_is_used_up(settings):
    scopes = {f"a.very.long.scope.number.{number:04}": "…" for number in range(120)}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": {**settings.OAUTHCORE["SCOPES"], **scopes}}
    make_keys()
    oauth = OAuthClient(register_with_jwts(scopes=list(scopes)))
    refused = oauth.token(grant_type="client_credentials", scope=" ".join(scopes))
    fits = oauth.token(grant_type="client_credentials", scope=" ".join(list(scopes)[:60]))

    assert refused.json()["error"] == "invalid_scope"
    assert len(fits.json()["access_token"]) < LONGEST_TOKEN
    assert is_live(fits.json()["access_token"])
    assert Token.objects.count() == 1


def test_it_costs_no_statement_more_than_an_opaque_one():
    member = MembershipFactory()
    oauth = with_jwts(member.user)
    code, own = oauth.code(), {"grant_type": "client_credentials", "scope": "read"}
    oauth.token(**own)

    with statements() as of_its_own:
        assert oauth.token(**own).status_code == 200
    with statements() as of_a_code:
        answered = oauth.redeem(code).json()
    with statements() as of_a_refresh:
        answered = oauth.refresh(answered["refresh_token"]).json()
    with statements() as of_a_request:
        assert me(answered["access_token"]).status_code == 200

    assert len(of_its_own) == 2, of_its_own
    assert len(of_a_code) == 3 + USE_AND_STORE, of_a_code  # one of them is the account backend's
    assert len(of_a_refresh) == 3 + USE_AND_STORE, of_a_refresh
    assert len(of_a_request) == 2, of_a_request


def test_a_process_reads_its_keys_once_a_minute(clock):
    make_keys()
    signing.key_ring()

    with statements() as run:
        signing.sign({}, type_="at+jwt")
        Client().get("/oauth/jwks")
    assert run == []

    clock.shift(timedelta(seconds=signing.HELD_FOR))
    with statements() as run:
        signing.sign({}, type_="at+jwt")
        signing.sign({}, type_="at+jwt")
    assert len(run) == 1


def test_signing_takes_less_than_a_millisecond():
    make_keys()
    claims = {"iss": ISSUER, "sub": "s" * 36, "client_id": "c" * 41, "scope": "read api.images.read"}
    signing.sign(claims, type_="at+jwt")
    began = thread_time()
    for _ in range(100):
        signing.sign(claims, type_="at+jwt")

    assert (thread_time() - began) / 100 < 0.001


def test_no_key_stands_in_the_database_as_it_is(settings):
    make_keys()
    keys = [key.open() for key in SigningKey.objects.all()]
    rows = [bytes(key.private or b"") for key in SigningKey.objects.all()]

    assert len(keys) == 4  # two of each algorithm: the one that signs, and the next one
    for key in keys:
        assert all(key.to_bytes() not in row and key.to_bytes()[-40:] not in row for row in rows)
        assert key.to_bytes().hex() not in repr(key)
