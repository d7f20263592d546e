"""Tokens that are bound to a key, at resources (RFC 9449 §7): in DRF and plain views, sync and async."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import Grant
from tests.support.factories import UserFactory, bearer
from tests.support.oauth import me
from tests.support.proofs import ISSUER, Prover, sent
from tests.support.reference_site.factories import MembershipFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.sites.resources"),
    pytest.mark.sqlite_only("proofs are checked in Python; races/test_proofs.py runs on PostgreSQL"),
]

at_every_resource = pytest.mark.parametrize("path", ["/v1/me", "/drf", "/plain", "/plain/async"])
ALGORITHMS = 'algs="ES256 RS256 PS256 EdDSA"'


@pytest.fixture
def prover():
    return Prover()


@pytest.fixture
def token(prover):
    return prover.token()


def assert_refused(response, error):
    assert response.status_code == 401
    assert response.json()["error"] == error
    assert response["WWW-Authenticate"].startswith(f'DPoP realm="{ISSUER}", error="{error}"')
    assert response["WWW-Authenticate"].endswith(ALGORITHMS)
    assert "Bearer" not in response["WWW-Authenticate"].partition("error_description")[0]


@pytest.mark.rfc("9449", "7.1")
@at_every_resource
def test_a_bound_token_opens_a_resource_with_a_proof_of_its_key(path, prover, token):
    assert prover.get(path, token).status_code == 200


@pytest.mark.rfc("9449", "5.1")
@pytest.mark.sqlite_only("no row decides which signatures are read")
@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256", "EdDSA"])
def test_a_key_may_be_of_each_algorithm_that_the_metadata_names(algorithm):
    prover = Prover(algorithm)

    assert prover.get("/drf", prover.token()).status_code == 200


@pytest.mark.rfc("9449", "7.1")
@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP"])
def test_the_name_of_the_scheme_may_be_written_in_any_case(scheme, prover, token):
    proof = prover.proof("GET", f"{ISSUER}/drf", token)

    assert sent("/drf", token, proof, authorization=f"{scheme} {token}").status_code == 200


@pytest.mark.rfc("9449", "7.2")
@at_every_resource
@pytest.mark.parametrize("has_proof", [False, True], ids=["", "with a proof"])
def test_a_bound_token_is_refused_as_bearer(path, has_proof, prover, token):
    headers = {"dpop": prover.proof("GET", ISSUER + path, token)} if has_proof else {}

    response = Client().get(path, headers={"authorization": f"Bearer {token}", **headers})

    assert_refused(response, "invalid_token")


@pytest.mark.rfc("9449", "7.2")
def test_a_bound_token_is_refused_in_a_form(token):
    response = Client().post(
        "/drf", {"access_token": token}, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 401

    form = f"access_token={token}"
    response = Client().post("/drf", form, content_type="application/x-www-form-urlencoded")
    assert_refused(response, "invalid_token")


@at_every_resource
def test_a_token_that_is_bound_to_no_key_is_refused_with_the_scheme_dpop(path):
    text = bearer()

    assert_refused(Prover().get(path, text), "invalid_token")
    assert me(text).status_code == 200


@pytest.mark.parametrize("path", ["/drf", "/plain"])
def test_a_token_that_is_bound_to_no_key_may_come_with_a_proof_that_means_nothing(path):
    headers = {"authorization": f"Bearer {bearer()}", "dpop": "nonsense"}

    assert Client().get(path, headers=headers).status_code == 200


@pytest.mark.rfc("9449", "7.1")
@at_every_resource
def test_a_bound_token_without_a_proof_is_refused(path, token):
    assert_refused(sent(path, token, None), "invalid_dpop_proof")


@pytest.mark.rfc("9449", "7.1")
def test_a_proof_of_another_key_opens_nothing(token):
    assert_refused(Prover().get("/drf", token), "invalid_token")


@pytest.mark.rfc("9449", "4.3")
@at_every_resource
@pytest.mark.parametrize(
    "changes",
    [
        {"ath": None},
        {"ath": ""},
        {"ath": 7},
        {"ath": "A" * 43},
        {"htm": "POST"},
        {"htm": "get"},
        {"htu": f"{ISSUER}/drf/images"},
        {"htu": "https://elsewhere.example/drf"},
        {"jti": None},
        {"iat": None},
        {"iat": 1},
    ],
    ids=str,
)
def test_a_proof_for_something_else_is_refused(path, changes, prover, token):
    assert_refused(prover.get(path, token, **changes), "invalid_dpop_proof")


@pytest.mark.rfc("9449", "4.3")
def test_a_proof_counts_for_one_access_token(prover, token):
    other = prover.token()
    proof = prover.proof("GET", f"{ISSUER}/drf", other)

    assert_refused(sent("/drf", token, proof), "invalid_dpop_proof")
    assert sent("/drf", other, proof).status_code == 200


@pytest.mark.rfc("9449", "11.1")
@at_every_resource
def test_a_proof_works_once(path, prover, token):
    proof = prover.proof("GET", ISSUER + path, token)

    assert sent(path, token, proof).status_code == 200
    assert_refused(sent(path, token, proof), "invalid_dpop_proof")


@pytest.mark.rfc("9449", "11.1")
def test_the_same_identifier_may_come_from_another_key(prover, token):
    other = Prover()

    assert prover.get("/drf", token, jti="1").status_code == 200
    assert other.get("/drf", other.token(), jti="1").status_code == 200
    assert_refused(prover.get("/drf", token, jti="1"), "invalid_dpop_proof")


def test_a_refused_proof_is_not_used_up(prover, token):
    assert_refused(prover.get("/drf", token, jti="1", htm="POST"), "invalid_dpop_proof")
    assert prover.get("/drf", token, jti="1").status_code == 200


@pytest.mark.rfc("9449", "4.3")
@pytest.mark.parametrize("proofs", ["{0}, {1}", "{0},", "{0} {1}", "{0}\t"])
def test_two_proofs_are_none(proofs, prover, token):
    one, other = (prover.proof("GET", f"{ISSUER}/drf", token) for _ in range(2))

    assert_refused(sent("/drf", token, proofs.format(one, other)), "invalid_dpop_proof")


@pytest.mark.rfc("9449", "7.1")
@pytest.mark.parametrize("authorization", ["DPoP", "DPoP ", "DPoP a b", "DPoP nonsense", "DPoP \u00e4"])
def test_a_header_that_holds_no_token_is_not_passed_over_for_a_session(authorization):
    browser = Client()
    browser.force_login(UserFactory())

    response = browser.get("/drf/session-second", headers={"authorization": authorization})

    assert_refused(response, "invalid_token")


def test_a_token_may_not_stand_in_a_second_place(prover, token):
    for address, body in ((f"/drf?access_token={token}", ""), ("/drf", f"access_token={token}")):
        proof = prover.proof("POST", f"{ISSUER}/drf", token)
        headers = {"authorization": f"DPoP {token}", "dpop": proof}
        response = Client().post(
            address, body, content_type="application/x-www-form-urlencoded", headers=headers
        )
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.rfc("9449", "7.1")
@pytest.mark.parametrize("path", ["/drf/images", "/plain/twice"])
def test_a_403_wants_the_scheme_too(path, prover, token):
    response = prover.get(path, token)

    assert response.status_code == 403
    assert response["WWW-Authenticate"].startswith(f'DPoP realm="{ISSUER}", error="insufficient_scope"')
    assert 'scope="api.images.read read"' in response["WWW-Authenticate"]


def test_a_view_that_is_guarded_twice_takes_one_proof(prover):
    member = MembershipFactory()
    scopes = ["read", "api.images.read"]
    token = prover.token(user=member.user, account_uuid=member.account.pk, scopes=scopes)

    assert prover.get("/plain/twice", token).status_code == 200


@pytest.mark.rfc("9449", "7.2")
@at_every_resource
def test_without_a_token_both_schemes_are_named(path):
    challenge = Client().get(path)["WWW-Authenticate"]

    assert challenge.startswith("Bearer ")
    assert challenge.endswith(f", DPoP {ALGORITHMS}")


def test_an_ended_token_is_refused_before_its_proof_is_looked_at(prover, token):
    Grant.objects.update(revoked_at=Grant.objects.get().created_at)

    assert_refused(prover.get("/drf", token), "invalid_token")


@pytest.mark.sqlite_only("the switch is read before any row")
def test_without_the_switch_the_scheme_is_unknown_and_a_bound_token_opens_nothing(prover, token, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DPOP": False}

    response = prover.get("/drf", token)

    assert response.json()["error"] == "not_authenticated"
    assert "DPoP" not in response["WWW-Authenticate"]
    assert me(token).status_code == 401
