"""Modules about the members of OpenID Connect that an application registers about itself."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.registration import CALLBACK, register_itself, registered_itself
from tests.support.relying_party import RelyingParty, SignedIn, header_of, somebody

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")

SCOPE = {"scope": "openid profile email offline_access"}


@pytest.mark.openid("registration", "2")
def test_oidcc_registration_says_how_id_tokens_are_signed() -> None:
    for algorithm in ("RS256", "ES256"):
        answered = register_itself(**SCOPE, id_token_signed_response_alg=algorithm)
        assert answered.json()["id_token_signed_response_alg"] == algorithm
    party = RelyingParty(registered_itself(**SCOPE, id_token_signed_response_alg="ES256"), Client())
    party.browser.force_login(somebody())
    redeemed = party.redeem(party.code(redirect_uri=CALLBACK), redirect_uri=CALLBACK)
    assert header_of(SignedIn(party, redeemed.json()).id_token)["alg"] == "ES256"


@pytest.mark.openid("registration", "2")
@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS512", 1])
def test_oidcc_idtoken_unsigned(algorithm: object) -> None:
    """Modules idtoken-unsigned and those of other algorithms: such a client cannot register."""
    refused = register_itself(**SCOPE, id_token_signed_response_alg=algorithm)

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")


@pytest.mark.openid("registration", "5")
@pytest.mark.parametrize(
    "uri", ["http://tool.example/sector.json", "https://127.0.0.1/sector.json", "/sector.json", "nonsense"]
)
def test_oidcc_registration_of_a_sector_at_an_address_that_is_none(uri: str) -> None:
    refused = register_itself(**SCOPE, subject_type="pairwise", sector_identifier_uri=uri)

    assert refused.status_code == 400
    assert refused.json()["error"] in ("invalid_client_metadata", "invalid_redirect_uri")


@pytest.mark.openid("registration", "2")
@pytest.mark.parametrize("subject_type", ["private", 1, ["pairwise"]], ids=str)
def test_oidcc_registration_of_a_subject_type_that_is_none(subject_type: object) -> None:
    refused = register_itself(**SCOPE, subject_type=subject_type)

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")


@pytest.mark.openid("rp_logout", "3.1")
@pytest.mark.openid("registration", "2")
@pytest.mark.parametrize(
    "uri", ["http://tool.example/out", "https://tool.example/out#x", "/out", "javascript:1"]
)
def test_oidcc_an_address_after_a_logout_that_cannot_be_registered(uri: str) -> None:
    refused = register_itself(post_logout_redirect_uris=[uri])

    assert refused.status_code == 400
    assert refused.json()["error"] in ("invalid_client_metadata", "invalid_redirect_uri")


@pytest.mark.openid("backchannel_logout", "2.2")
def test_oidcc_an_address_for_logout_tokens_may_have_a_port_and_a_query() -> None:
    uri = "https://tool.example:8443/out?tenant=1"
    told = register_itself(**SCOPE, backchannel_logout_uri=uri).json()

    assert told["backchannel_logout_uri"] == uri
    assert told.get("backchannel_logout_session_required", False) is False


@pytest.mark.openid("backchannel_logout", "2.2")
@pytest.mark.parametrize(
    "uri",
    ["https://tool.example/out#x", "https://tool.example/out#", "/out", "//tool.example/out", "tool.example"],
)
def test_oidcc_an_address_for_logout_tokens_is_absolute_and_has_no_fragment(uri: str) -> None:
    refused = register_itself(**SCOPE, backchannel_logout_uri=uri)

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")


@pytest.mark.openid("backchannel_logout", "2.2")
@pytest.mark.parametrize("is_required", ["true", 1, []], ids=str)
def test_oidcc_whether_logout_tokens_name_the_session_is_true_or_false(is_required: object) -> None:
    refused = register_itself(**SCOPE, backchannel_logout_session_required=is_required)

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")
