"""What the demo has to try of newer standards: keys and proofs, exchanged tokens, devices (wire §7, §8)."""

from __future__ import annotations

import pytest
from joserfc.jwk import ECKey

from tests.support.jose import asserted
from tests.support.oauth import basic, post
from tests.support.proofs import ISSUER, Prover

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("it is about what the demo has registered")]


def named(demo, name):
    return next(one for one in demo["applications"] if one["name"] == name)


def own_token(application):
    secret = basic(application["client_id"], application["client_secret"])
    return post("/oauth/token", {"grant_type": "client_credentials"}, authorization=secret).json()


def test_one_application_signs_and_gets_tokens_only_with_a_proof(demo):
    night_train, prover = named(demo, "Night Train"), Prover()
    key = ECKey.import_key(night_train["private_jwk"])

    def ask(**headers):
        sent = {"grant_type": "client_credentials", **asserted(night_train["client_id"], key)}
        return post("/oauth/token", sent, **headers)

    refused, given = ask(), ask(dpop=prover.proof())

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")
    assert given.json()["token_type"] == "DPoP"
    assert prover.get("/v1/me", given.json()["access_token"]).json()["application"]["name"] == "Night Train"


def test_a_resource_server_asks_about_tokens_and_exchanges_them(demo):
    print_shop = named(demo, "Print Shop")
    token = own_token(named(demo, "Light Table"))["access_token"]
    secret = basic(print_shop["client_id"], print_shop["client_secret"])
    sent = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": token,
        "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "resource": ISSUER,
    }

    about = post("/oauth/introspect", {"token": token}, authorization=secret).json()
    exchanged = post("/oauth/token", sent, authorization=secret).json()

    assert (about["active"], about["client_id"]) == (True, "light-table")
    assert exchanged["scope"] == "read"
    assert exchanged["expires_in"] <= 300


def test_a_television_begins_with_no_more_than_its_name(demo):
    living_room = named(demo, "Living Room")

    begun = post("/oauth/device_authorization", {"client_id": living_room["client_id"]})

    assert begun.status_code == 200
