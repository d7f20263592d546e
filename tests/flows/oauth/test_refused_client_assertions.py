"""Client assertions that prove nothing (RFC 7521 §4.2, RFC 7523 §3, RFC 8725)."""

from __future__ import annotations

import time

import pytest

from oauthcore.models import Application, ClientSecret, UsedIdentifier
from tests.support.client_assertions import ISSUER, YEARS, ask, at_every_endpoint, refuse
from tests.support.factories import register, register_public
from tests.support.jose import asserted, assertion, new_key, public, signed, with_keys
from tests.support.oauth import basic

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("signing_clients"),
    pytest.mark.sqlite_only("a signature or claim is refused before the statement that uses the jti"),
]


@pytest.mark.rfc("7523", "3")
@pytest.mark.parametrize(
    "audience",
    [
        None,
        "",
        f"{ISSUER}/",
        f"{ISSUER}/oauth/revoke",
        "https://other.example",
        "https://other.example/oauth/token",
        "testserver",
        [ISSUER],
        [ISSUER, "https://other.example"],
        7,
    ],
)
def test_an_assertion_for_somebody_else_is_refused(audience):
    refuse(with_keys(), aud=audience)


@pytest.mark.rfc("7523", "3")
@pytest.mark.rfc("7523", "3.2")
@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "somebody else"},
        {"iss": None},
        {"sub": None},
        {"sub": 7},
        {"sub": "a" * 256},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "a" * 256},
        {"exp": None},
        {"exp": "soon"},
    ],
)
def test_a_claim_that_is_missing_or_odd_is_refused(claims):
    refuse(with_keys(), **claims)


@pytest.mark.rfc("7523", "3")
@pytest.mark.parametrize(
    "times",
    [
        {"exp": -1},
        {"exp": 0},
        {"exp": 302, "iat": None},
        {"exp": 301},
        {"exp": YEARS},
        {"exp": 60, "iat": -YEARS},
        {"exp": 60, "iat": 60},
        {"exp": 60, "nbf": 60},
    ],
)
def test_an_assertion_is_short_lived_and_stands_now(times):
    now = int(time.time())

    refuse(with_keys(), **{name: at if at is None else now + at for name, at in times.items()})


def test_what_is_refused_uses_no_jti_up():
    one = with_keys()

    refuse(one, new_key(), jti="mine")

    assert ask("/oauth/token", **asserted(one.client_id, jti="mine")).status_code == 200


@pytest.mark.rfc("8725", "3.1")
@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES384"},
        {"alg": "RS256"},
        {"typ": "dpop+jwt"},
        {"typ": "at+jwt"},
        {"crit": ["exp"]},
        {"b64": False},
        {"kid": "another"},
        {"kid": "../../../etc/passwd"},
        {"kid": "a" * 256},
        {"kid": ["a"]},
    ],
)
def test_another_algorithm_type_extension_or_key_is_refused(header):
    refuse(with_keys(), header=header)


def test_a_key_in_the_header_is_no_key_of_the_application():
    own = new_key()

    for jwk in (public(own), own.as_dict(private=True)):
        refuse(with_keys(), own, header={"jwk": jwk, "kid": None})


@pytest.mark.rfc("7523", "3.2")
def test_an_unsigned_assertion_and_what_is_none_are_refused():
    one = with_keys()
    good = assertion(one.client_id)

    for text in ("", "a", "e30.e30.", good[: good.rindex(".") + 1], good + "A", good * 30):
        response = ask(
            "/oauth/token", client_id=one.client_id, **(asserted("x") | {"client_assertion": text})
        )
        assert (response.status_code, response.json()["error"]) == (401, "invalid_client"), text


@pytest.mark.rfc("7521", "4.2")
@pytest.mark.parametrize(
    "kind", [None, "", "urn:x", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"]
)
def test_an_assertion_of_another_type_is_refused(kind):
    one = with_keys()

    response = ask("/oauth/token", **(asserted(one.client_id) | {"client_assertion_type": kind}))

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@pytest.mark.rfc("6749", "2.3")
@at_every_endpoint
def test_an_assertion_and_a_secret_are_two_methods(path):
    one = with_keys()

    for beside in ({"client_secret": "any"}, {"authorization": basic(one.client_id, "any")}):
        response = ask(path, **asserted(one.client_id), **beside)
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@at_every_endpoint
def test_an_application_with_keys_has_no_secret(path):
    one = with_keys()

    assert one.client_secret is None
    assert not ClientSecret.objects.exists()
    for secret in (None, "", "any"):
        assert ask(path, client_id=one.client_id, client_secret=secret).status_code == 401


@pytest.mark.rfc("7523", "3")
def test_others_cannot_prove_anything_with_a_key():
    key = new_key()
    for one in (register(), register_public()):
        refuse(one, key)
    refuse(with_keys(), key, sub="nobody", iss="nobody")


def test_a_legacy_application_signs_nothing():
    one = with_keys()
    Application.objects.update(profile="oauth2.0")

    refuse(one)


@pytest.mark.parametrize("change", [{"is_enabled": False}, {"is_suspended": True}])
def test_an_application_that_ended_signs_in_vain(change):
    one = with_keys()
    Application.objects.update(**change)

    refuse(one)


def test_a_key_that_may_no_longer_be_used_signs_in_vain():
    one = with_keys()
    one.application.client_keys.update(jwk='{"kty": "oct", "k": "AAAA"}')

    refuse(one)


def test_claims_that_are_no_object_are_refused():
    one = with_keys()

    response = ask(
        "/oauth/token", client_id=one.client_id, **(asserted("x") | {"client_assertion": signed([1])})
    )

    assert response.status_code == 401
    assert UsedIdentifier.objects.count() == 0
