"""Assertions that get nobody a token (ID-JAG)."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth import get_user_model

from oauthcore.models import Application, IssuerSubject, Token, TrustedIssuer
from tests.support.enterprise import (
    IDENTITY_PROVIDER,
    MCP,
    NAME,
    ask,
    assertion,
    managed_application,
    refuse,
)
from tests.support.factories import register
from tests.support.jose import new_key, public
from tests.support.oauth import OAuthClient
from tests.support.proofs import BoundClient, Prover
from tests.support.statements import statements

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("enterprise_managed"),
    pytest.mark.sqlite_only("a signature or claim is refused before the statement that uses the jti"),
]

ISSUER = "https://testserver"
YEARS = 10 * 365 * 24 * 60 * 60


@pytest.mark.rfc("7523", "3")
@pytest.mark.rfc("7523", "3.1")
@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"iss": f"{IDENTITY_PROVIDER}/"},
        {"iss": IDENTITY_PROVIDER.upper()},
        {"iss": None},
        {"aud": "https://other.example"},
        {"aud": f"{ISSUER}/oauth/token"},
        {"aud": [ISSUER]},
        {"aud": None},
        {"client_id": "somebody else"},
        {"client_id": None},
        {"sub": None},
        {"sub": 7},
        {"sub": "nobody@acme"},
        {"sub": "ADA@acme"},
        {"jti": None},
        {"jti": ""},
        {"resource": None},
        {"resource": []},
        {"resource": 7},
        {"resource": [7]},
        {"resource": [MCP] * 21},
        {"scope": ["api.images.read"]},
        {"exp": None},
        {"iat": None},
    ],
)
def test_an_assertion_that_says_something_else_is_refused(ada, agent, claims):
    refuse(agent, **claims)
    assert not Token.objects.exists()


@pytest.mark.rfc("7523", "3")
@pytest.mark.parametrize(
    "times",
    [{"exp": -1}, {"exp": 601}, {"exp": YEARS}, {"iat": -YEARS}, {"iat": 60}, {"nbf": 60}],
)
def test_an_assertion_stands_now_and_for_ten_minutes_at_the_most(ada, agent, times):
    now = int(time.time())

    refuse(agent, **{name: now + at for name, at in times.items()})


@pytest.mark.rfc("8725", "3.11")
@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"typ": "at+jwt"},
        {"alg": "none"},
        {"alg": "HS256"},
        {"crit": ["exp"]},
        {"kid": "another"},
        {"jwk": public(new_key())},
    ],
)
def test_a_jwt_of_another_type_algorithm_or_key_is_refused(ada, agent, header):
    refuse(agent, new_key() if "jwk" in header else None, header=header)


@pytest.mark.rfc("7523", "3")
def test_a_key_of_somebody_else_signs_in_vain(ada, agent):
    refuse(agent, new_key())


@pytest.mark.rfc("7523", "3.1")
def test_what_is_no_jwt_is_refused(ada, agent):
    for text in ("a", "e30.e30.", "a" * 9000):
        refuse(agent, sent={"assertion": text})
    refuse(agent, sent={"assertion": ""}, error="invalid_request")


def test_an_issuer_that_staff_switched_off_is_not_trusted(ada, agent):
    TrustedIssuer.objects.update(is_enabled=False)

    refuse(agent)


def test_an_issuer_whose_keys_may_no_longer_be_used_is_not_trusted(ada, agent):
    for keys in ("", '{"keys": []}'):
        TrustedIssuer.objects.update(jwks=keys)
        refuse(agent)


def test_a_person_who_is_not_active_gets_nothing(ada, agent):
    get_user_model().objects.update(is_active=False)

    refuse(agent)


def test_a_resource_that_the_site_does_not_have_is_refused(ada, agent):
    refuse(agent, resource="https://other.example", error="invalid_target")


def test_a_deleted_person_is_nobodys_subject(ada, agent):
    ada.user.delete()

    assert not IssuerSubject.objects.exists()
    refuse(agent)


def test_only_an_application_that_staff_gave_it_to_may_use_it(ada):
    refuse(OAuthClient(register()), error="unauthorized_client")


def test_a_public_application_never_may():
    agent = managed_application()
    Application.objects.update(client_type="public")

    response = agent.token(grant_type=NAME, assertion="a", client_secret=None)

    assert response.json()["error"] == "unauthorized_client"


def test_it_is_unknown_unless_the_site_switches_it_on(ada, agent, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ENTERPRISE_MANAGED_AUTHORIZATION": False}

    refuse(agent, error="unsupported_grant_type")


def test_wrong_assertions_are_limited_before_a_signature_is_looked_at(ada, agent, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLIENT_SECRET_LIMIT": (2, 60)}
    for _ in range(2):
        refuse(agent, new_key())
    assert ask(agent, new_key()).status_code == 429
    with statements() as run:
        response = ask(agent)

    assert (response.status_code, response.json()["error"]) == (429, "slow_down")
    assert len(run) == 1, "only the application was looked up"
    assert ask(managed_application()).status_code != 429


def test_an_assertion_that_grants_no_scope_grants_none(ada, agent):
    refuse(agent, scope="", error="invalid_scope")
    refuse(agent, scope="", sent={"scope": "api.images.read"}, error="invalid_scope")


@pytest.fixture
def bound_agent(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "DPOP": True}
    return BoundClient(managed_application().registered)


@pytest.mark.rfc("9449", "6.1")
def test_an_assertion_that_is_bound_to_a_key_needs_the_proof_of_that_key(ada, bound_agent):
    jkt = bound_agent.prover.jkt
    other = Prover().jkt

    for cnf in ({"jkt": other}, {"jkt": jkt, "kid": "a"}, {"kid": "a"}, {}, jkt, [jkt]):
        refuse(bound_agent, cnf=cnf)
    refuse(bound_agent, cnf={"jkt": jkt}, sent={"proof": None})
    assert not Token.objects.exists()

    assert ask(bound_agent, cnf={"jkt": jkt}).json()["token_type"] == "DPoP"


@pytest.mark.rfc("9449", "6.1")
def test_a_bound_assertion_is_worth_nothing_where_the_site_has_no_dpop(ada, agent, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "DPOP": False}

    refuse(agent, cnf={"jkt": Prover().jkt})


def test_nothing_of_an_assertion_is_logged(ada, agent, caplog):
    text = assertion(agent.registered.client_id, new_key())

    agent.token(grant_type=NAME, assertion=text)

    assert "invalid_grant" in caplog.text
    assert text not in caplog.text
