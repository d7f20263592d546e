"""The key set: what others verify JWTs of this site with, and nothing that anybody could sign with."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore import conf
from oauthcore.flows.keys.rotation import PUBLISHED_BEFORE, rotate
from oauthcore.models import SigningKey
from oauthcore.rules.jose.public_keys import parse_key
from tests.support.oauth import with_person
from tests.support.rsa_keys import ec_pem
from tests.support.signing import make_keys, register_with_jwts, verified
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

JWKS = "/oauth/jwks"
SERVER = "/.well-known/oauth-authorization-server"


@pytest.fixture(autouse=True)
def only_access_tokens(settings: Any) -> None:
    """A site that signs access tokens alone has keys for one algorithm."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}


@pytest.mark.rfc("7517", "5")
@pytest.mark.rfc("7517", "4")
@pytest.mark.rfc("7638", "3")
def test_it_holds_the_public_part_of_every_key_that_verifiers_need(clock):
    make_keys()
    clock.shift(PUBLISHED_BEFORE)
    rotate(now=timezone.now())
    keys = Client().get(JWKS).json()["keys"]

    assert [key["kid"] for key in keys] == list(
        SigningKey.objects.order_by("generation").values_list("kid", flat=True)
    )
    for key in keys:
        assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
        assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")


@pytest.mark.openid("core", "10.1")
@pytest.mark.rfc("7517", "4")
@pytest.mark.rfc("7518", "6.3.1")
def test_with_openid_connect_it_holds_rsa_keys_as_well(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True, "JWT_ACCESS_TOKENS": False}
    make_keys()
    keys = Client().get(JWKS).json()["keys"]

    assert [key["alg"] for key in keys] == ["ES256", "ES256", "RS256", "RS256"]
    for key in keys[2:]:
        row = SigningKey.objects.get(kid=key["kid"])
        assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}
        assert (key["kty"], key["e"], key["use"]) == ("RSA", "AQAB", "sig")
        assert parse_key(key).thumbprint == key["kid"] == row.kid
        numbers = row.open().native.private_key.private_numbers()
        assert numbers.public_numbers.n == int.from_bytes(urlsafe_b64decode(key["n"] + "=="), "big")


@pytest.mark.rfc("9111", "4.3")
@pytest.mark.rfc("9110", "13.1.2")
def test_caches_hold_it_for_an_hour_and_learn_that_it_is_the_same():
    make_keys()
    first = Client().get(JWKS)
    again = Client().get(JWKS, headers={"if-none-match": first["ETag"]})
    rotate(now=timezone.now(), is_urgent=True)
    changed = Client().get(JWKS, headers={"if-none-match": first["ETag"]})

    assert (first["Cache-Control"], "Pragma" in first) == ("public, max-age=3600", False)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_pages_of_other_origins_may_read_it():
    make_keys()

    assert Client().get(JWKS)["Access-Control-Allow-Origin"] == "*"
    assert Client().options(JWKS).status_code == 204
    assert Client().head(JWKS).status_code == 200
    assert Client().post(JWKS).status_code == 405


@pytest.mark.rfc("8414", "2")
def test_metadata_names_it():
    assert Client().get(SERVER).json()["jwks_uri"] == "https://testserver/oauth/jwks"


@pytest.mark.rfc("8414", "2")
def test_a_site_that_signs_nothing_has_none_and_metadata_names_none(settings):
    make_keys()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "JWT_ACCESS_TOKENS": False, "OPENID_CONNECT": False}

    assert "jwks_uri" not in Client().get(SERVER).json()
    with statements() as run:
        refused = Client().get(JWKS)
    assert (refused.status_code, refused.json()["error"]) == (404, "not_found")
    assert run == []


def test_without_keys_it_is_empty():
    assert Client().get(JWKS).json() == {"keys": []}


def test_keys_of_the_settings_take_the_place_of_those_in_the_database(settings):
    make_keys()
    first, second = ec_pem(1), ec_pem(2)
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SIGNING_KEYS": [first, second]}
    with statements() as run:
        keys = Client().get(JWKS).json()["keys"]

    assert run == []
    assert len(keys) == 2
    oauth = with_person(register_with_jwts())
    assert verified(oauth.tokens()["access_token"])[0]["kid"] == keys[0]["kid"]
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SIGNING_KEYS": [second, first]}
    assert verified(oauth.tokens()["access_token"])[0]["kid"] == keys[1]["kid"]
    assert "PRIVATE KEY" not in repr(conf.settings())


def test_a_key_of_the_settings_that_cannot_be_used_is_named_in_the_log_without_its_text(settings, caplog):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SIGNING_KEYS": ["a secret that is no key"]}

    assert with_person(register_with_jwts()).tokens()["error"] == "temporarily_unavailable"
    assert Client().get(JWKS).json() == {"keys": []}
    assert "SIGNING_KEYS" in caplog.text
    assert "a secret" not in caplog.text


def test_it_has_no_private_part(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    make_keys()
    said = Client().get(JWKS).content.decode()

    private = [key.open().native.as_dict(private=True) for key in SigningKey.objects.all()]
    assert len(private) == 4
    for members in private:
        for name in {"d", "p", "q", "dp", "dq", "qi"} & members.keys():
            assert members[name] not in said
            assert f'"{name}"' not in said
    assert json.loads(said)
