"""Pushing an authorization request: who may, what is refused, and how often (RFC 9126 §2)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from oauthcore.models import AuthorizationCode, Profile, PushedRequest, UsedIdentifier
from tests.support.factories import register, register_public
from tests.support.oauth import basic, post, with_person
from tests.support.proofs import ISSUER, Prover
from tests.support.pushing import PAR, Pusher
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def pusher(clock) -> Pusher:
    plain = with_person(register())
    return Pusher(plain.registered, plain.browser)


@pytest.mark.rfc("9126", "2.3")
@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_post_is_allowed(method, pusher):
    answer = getattr(pusher.browser, method)(PAR)

    assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
    assert "POST" in answer["Allow"]


@pytest.mark.rfc("9126", "2.3")
@pytest.mark.rfc("9126", "2.1")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
        ({"redirect_uri": "https://elsewhere.example/cb"}, "invalid_request"),
        ({"redirect_uri": None, "response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"scope": "nonsense"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_mode": "web_message"}, "invalid_request"),
        ({"prompt": "none consent"}, "invalid_request"),
        ({"scope": ["read", "read"]}, "invalid_request"),
        ({"state": "s" * 2049}, "invalid_request"),
    ],
)
def test_what_the_authorize_page_would_refuse_is_not_kept(changes, error, pusher):
    refused = pusher.push(**changes)

    assert (refused.status_code, refused.json()["error"]) == (400, error)
    assert not PushedRequest.objects.exists()


def test_a_request_is_pushed_in_four_statements_with_postgresql_and_five_elsewhere(pusher):
    pusher.push()

    with statements() as run:
        assert pusher.push().status_code == 201

    assert len(run) == (4 if connection.vendor == "postgresql" else 5), run


@pytest.mark.rfc("9126", "2.3")
def test_a_request_that_is_too_long_is_413(pusher):
    refused = pusher.push(login_hint="a" * 20_000)

    assert (refused.status_code, refused.json()["error"]) == (413, "request_too_large")


@pytest.mark.rfc("9126", "2")
def test_the_application_says_who_it_is_as_at_the_token_endpoint(pusher):
    sent = pusher.parameters()
    client_id, secret = pusher.registered.client_id, pusher.registered.client_secret
    header = {"authorization": basic(client_id, secret)}

    assert post(PAR, sent, **header).status_code == 201
    assert post(PAR, {**sent, "client_id": None}, **header).status_code == 201
    assert post(PAR, {**sent, "client_id": "another"}, **header).status_code == 400
    assert post(PAR, sent).status_code == 401
    assert post(PAR, {**sent, "client_secret": "wrong"}).status_code == 401
    assert post(PAR, {}, **header).status_code == 400


def test_a_public_application_pushes_too_and_its_address_is_counted(clock):
    public = Pusher(register_public(), Client())
    for _ in range(60):
        public.pushed()

    refused = public.push()

    assert (refused.status_code, refused.json()["error"]) == (429, "throttled")


@pytest.mark.rfc("9126", "2.3")
def test_an_application_that_proves_itself_is_counted_by_itself(pusher, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PUSHED_REQUEST_APPLICATION_LIMIT": (3, 300)}
    for _ in range(3):
        pusher.pushed()

    assert pusher.push().status_code == 429
    assert Pusher(register(name="Another"), Client()).push().status_code == 201


def test_a_legacy_application_cannot(clock):
    refused = Pusher(register(profile=Profile.OAUTH_2_0), Client()).push()

    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")


class TestKeys:
    """A code may be bound to a key when the request is pushed (RFC 9449 §10, §10.1)."""

    @pytest.mark.rfc("9449", "10.1")
    @pytest.mark.parametrize("way", ["dpop_jkt", "proof", "both"])
    def test_the_code_is_bound_to_the_key(self, way, pusher):
        prover = Prover()
        sent = {"dpop_jkt": prover.jkt} if way != "proof" else {}
        header = {} if way == "dpop_jkt" else {"dpop": prover.proof(url=f"{ISSUER}{PAR}")}
        body = {**pusher.parameters(**sent), **pusher.registered.credentials}

        answered = post(PAR, body, **header)
        pusher.allow(pusher.bring(answered.json()["request_uri"]))

        assert AuthorizationCode.objects.get().key_thumbprint == prover.thumbprint

    @pytest.mark.rfc("9449", "10.1")
    def test_a_proof_of_another_key_than_the_one_named_is_refused(self, pusher):
        body = {**pusher.parameters(dpop_jkt=Prover().jkt), **pusher.registered.credentials}

        refused = post(PAR, body, dpop=Prover().proof(url=f"{ISSUER}{PAR}"))

        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")

    def test_a_proof_counts_once(self, pusher):
        proof = Prover().proof(url=f"{ISSUER}{PAR}")
        body = {**pusher.parameters(), **pusher.registered.credentials}

        assert [post(PAR, body, dpop=proof).status_code for _ in range(2)] == [201, 400]

    def test_beyond_the_limit_no_proof_is_remembered(self, clock, settings):
        settings.OAUTHCORE = {**settings.OAUTHCORE, "PUSHED_REQUEST_LIMIT": (1, 60)}
        plain = with_person(register_public())
        body = {**plain.parameters(), **plain.registered.credentials}

        sent = [post(PAR, body, dpop=Prover().proof(url=f"{ISSUER}{PAR}")).status_code for _ in range(3)]

        assert sent == [201, 429, 429]
        assert UsedIdentifier.objects.count() == 1

    def test_a_site_without_keys_passes_proofs_over(self, pusher, settings):
        settings.OAUTHCORE = {**settings.OAUTHCORE, "DPOP": False}
        body = {**pusher.parameters(), **pusher.registered.credentials}

        assert post(PAR, body, dpop="nonsense").status_code == 201
