"""Tokens that are bound to a key, at the token endpoint (RFC 9449 §5, §6, §10)."""

from __future__ import annotations

import pytest

from oauthcore.flows.oauth.grants.device_code import DEVICE_CODE
from oauthcore.flows.oauth.grants.grant_types import GRANT_TYPES
from oauthcore.flows.oauth.grants.jwt_bearer import JWT_BEARER
from oauthcore.flows.oauth.grants.token_exchange import TOKEN_EXCHANGE
from oauthcore.models import UsedIdentifier
from tests.support.devices.television import Television, Viewer
from tests.support.enterprise import assertion, trusted
from tests.support.factories import UserFactory, bearer, register, register_public
from tests.support.oauth import is_live, post, with_person
from tests.support.proofs import BoundClient
from tests.support.signing import make_keys, parts_of, register_with_jwts

pytestmark = pytest.mark.django_db

both_kinds_of_client = pytest.mark.parametrize("make", [register, register_public])


def assert_refused(response, error="invalid_dpop_proof"):
    assert (response.status_code, response.json()["error"]) == (400, error), response.content
    assert "WWW-Authenticate" not in response


@pytest.mark.rfc("9449", "5")
def test_a_proof_binds_the_access_token_to_its_key():
    oauth = BoundClient()

    answered = oauth.redeem(oauth.code()).json()

    assert answered["token_type"] == "DPoP"
    assert oauth.prover.get("/v1/me", answered["access_token"]).status_code == 200
    assert not is_live(answered["access_token"])


ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


def _exchanged(oauth):
    subject = {
        "subject_token": bearer(),
        "subject_token_type": ACCESS_TOKEN,
        "resource": "https://testserver",
    }
    return oauth.token(grant_type=TOKEN_EXCHANGE.name, **subject)


def _for_enterprise(oauth):
    trusted(UserFactory())
    text = assertion(oauth.registered.client_id, resource="https://testserver", scope="read")
    return oauth.token(grant_type=JWT_BEARER.name, assertion=text)


def _for_a_device(oauth):
    television = Television(oauth.registered)
    television.begin()
    Viewer().approve(television.user_code)
    return oauth.token(grant_type=DEVICE_CODE.name, device_code=television.codes["device_code"])


#: How each grant type is asked: none may give a token that is not bound.
ASKED = {
    "authorization_code": lambda oauth: oauth.redeem(oauth.code()),
    "refresh_token": lambda oauth: oauth.refresh(oauth.tokens()["refresh_token"]),
    "client_credentials": lambda oauth: oauth.token(grant_type="client_credentials", scope="read"),
    TOKEN_EXCHANGE.name: _exchanged,
    JWT_BEARER.name: _for_enterprise,
    DEVICE_CODE.name: _for_a_device,
}


@pytest.mark.rfc("9449", "5")
@pytest.mark.parametrize("grant_type", [one.name for one in GRANT_TYPES])
def test_every_grant_type_binds_what_it_gives(grant_type):
    oauth = BoundClient(register(grant_types=[*ASKED, grant_type]))

    answered = ASKED[grant_type](oauth).json()

    assert answered["token_type"] == "DPoP"
    assert oauth.prover.get("/v1/me", answered["access_token"]).status_code == 200


@pytest.mark.rfc("9449", "4.3")
@both_kinds_of_client
@pytest.mark.parametrize(
    "changes",
    [
        {"htm": "GET"},
        {"htu": "https://testserver/oauth/introspect"},
        {"iat": 1},
        {"jti": None},
        {"header": {"typ": "JWT"}},
    ],
    ids=str,
)
def test_a_bad_proof_gives_nothing_and_spends_nothing(make, changes):
    oauth = BoundClient(make())
    code = oauth.code()

    for proof in ("nonsense", oauth.prover.proof(**changes)):
        assert_refused(oauth.redeem(code, proof=proof))

    assert oauth.redeem(code).status_code == 200


@pytest.mark.rfc("9449", "11.1")
@both_kinds_of_client
def test_a_proof_gives_tokens_once(make):
    oauth = BoundClient(make())
    proof, code = oauth.prover.proof(), oauth.code()

    assert oauth.redeem(oauth.code(), proof=proof).status_code == 200
    assert_refused(oauth.redeem(code, proof=proof))
    assert oauth.redeem(code).status_code == 200


def test_a_proof_of_the_token_endpoint_gives_client_credentials_once():
    oauth = BoundClient()
    proof = oauth.prover.proof()

    assert oauth.token(grant_type="client_credentials", proof=proof).status_code == 200
    assert_refused(oauth.token(grant_type="client_credentials", proof=proof))


def test_strangers_can_have_no_proof_remembered():
    oauth = BoundClient(register_public())

    for code in ("nonsense", "ref_api_code_" + "x" * 49):
        assert_refused(oauth.redeem(code), "invalid_grant")
    assert oauth.token(grant_type="client_credentials").status_code == 400
    assert post("/oauth/token", {"client_id": "nobody"}, dpop=oauth.prover.proof()).status_code == 401

    assert not UsedIdentifier.objects.exists()


@pytest.mark.rfc("9449", "5.2")
@both_kinds_of_client
def test_an_application_whose_tokens_are_always_bound_gets_none_without_a_proof(make):
    oauth = BoundClient(make(dpop_bound_access_tokens=True))
    code = oauth.code()

    assert_refused(oauth.redeem(code, proof=None))
    tokens = oauth.redeem(code).json()
    assert_refused(oauth.refresh(tokens["refresh_token"], proof=None))
    assert oauth.refresh(tokens["refresh_token"]).json()["token_type"] == "DPoP"


def test_a_legacy_application_gets_bearer_tokens_whatever_it_sends():
    oauth = BoundClient(register(profile="oauth2.0"))

    code = oauth.code(dpop_jkt="nonsense")
    assert oauth.redeem(code).json()["token_type"] == "Bearer"
    assert oauth.redeem(oauth.code(), proof="nonsense").json()["token_type"] == "Bearer"


@pytest.mark.rfc("9449", "5.2")
@pytest.mark.sqlite_only("the switch is read before any row")
@both_kinds_of_client
def test_while_dpop_is_off_an_application_whose_tokens_are_always_bound_gets_no_tokens(settings, make):
    oauth = BoundClient(make(dpop_bound_access_tokens=True))
    code, tokens = oauth.code(), oauth.tokens()
    settings.OAUTHCORE = settings.OAUTHCORE | {"DPOP": False}

    for refused in (oauth.redeem(code), oauth.refresh(tokens["refresh_token"])):
        assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
        assert "Retry-After" in refused
    settings.OAUTHCORE = settings.OAUTHCORE | {"DPOP": True}
    assert oauth.redeem(code).status_code == 200  # nothing was used up
    assert oauth.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.sqlite_only("the switch is read before any row")
def test_while_dpop_is_off_a_legacy_application_gets_plain_tokens(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DPOP": False}
    oauth = BoundClient(register(profile="oauth2.0", dpop_bound_access_tokens=True))

    assert oauth.redeem(oauth.code()).json()["token_type"] == "Bearer"


@pytest.mark.sqlite_only("the switch is read before any row")
def test_without_the_switch_nothing_of_it_is_read(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DPOP": False}
    oauth = BoundClient()

    assert oauth.redeem(oauth.code(dpop_jkt="x"), proof="nonsense").json()["token_type"] == "Bearer"


def test_the_other_address_of_the_token_endpoint_has_proofs_of_its_own():
    oauth = BoundClient()
    url = "https://testserver/oauth2/token"
    parameters = oauth.registered.credentials | {"grant_type": "client_credentials"}

    assert post("/oauth2/token", parameters, dpop=oauth.prover.proof()).status_code == 400
    answered = post("/oauth2/token", parameters, dpop=oauth.prover.proof(url=url)).json()
    assert answered["token_type"] == "DPoP"


@pytest.mark.rfc("9449", "6.2")
def test_introspection_tells_the_key_that_a_token_is_bound_to():
    oauth = BoundClient()
    tokens = oauth.tokens()

    told = oauth.introspect(tokens["access_token"]).json()
    assert (told["token_type"], told["cnf"]) == ("DPoP", {"jkt": oauth.prover.jkt})

    plain = with_person()
    told = plain.introspect(plain.tokens()["access_token"]).json()
    assert told["token_type"] == "Bearer"
    assert "cnf" not in told


def test_a_bound_token_is_revoked_without_a_proof():
    oauth = BoundClient(register_public())
    tokens = oauth.tokens()

    assert oauth.revoke(tokens["access_token"]).status_code == 200
    assert oauth.prover.get("/v1/me", tokens["access_token"]).status_code == 401


@pytest.mark.rfc("9449", "6.1")
def test_a_jwt_names_the_key_that_it_is_bound_to():
    make_keys()
    oauth = BoundClient(register_with_jwts())

    token = oauth.access_token()

    assert parts_of(token)[1]["cnf"] == {"jkt": oauth.prover.jkt}
    assert oauth.prover.get("/v1/me", token).status_code == 200
    assert not is_live(token)
