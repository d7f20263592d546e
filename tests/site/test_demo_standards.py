"""What the demo has to try of newer standards: keys and proofs, exchanged tokens, devices (wire §7, §8)."""

from __future__ import annotations

import json

import pytest
from joserfc.jwk import ECKey

from oauthcore.models import Application, InitialAccessToken, Token
from reference_site.demo import partners
from tests.support.enterprise import MCP, NAME, assertion
from tests.support.jose import asserted
from tests.support.oauth import basic, post
from tests.support.proofs import ISSUER, Prover
from tests.support.reference_site.demo import demo_data
from tests.support.registration import register_itself

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


def printed_below(words, banner):
    """Return the first line below these words that is indented further."""
    lines = banner.splitlines()
    begin = next(number for number, line in enumerate(lines) if words in line)
    return next(line.strip() for line in lines[begin:] if line.startswith("    "))


def test_a_trusted_issuer_says_that_an_application_acts_for_ben():
    key = ECKey.import_key(json.loads(printed_below(f"The private key of {partners.ISSUER}", demo_data())))
    word = assertion("print-shop", key, iss=partners.ISSUER, sub=partners.SUBJECT)
    secret = Application.objects.get(client_id="print-shop").add_secret()
    sent = {"grant_type": NAME, "assertion": word, "client_id": "print-shop", "client_secret": secret}

    answer = post("/oauth/token", sent).json()

    assert answer["scope"] == "api.images.read"
    assert Token.objects.get(resource=MCP).grant.user.username == "ben"


def test_a_partner_registers_with_the_token_that_is_printed_last():
    before, token = (printed_below("the initial access token of a partner", demo_data()) for _ in range(2))

    answers = [register_itself(token=one).status_code for one in (before, token)]

    assert answers == [401, 201]
    assert InitialAccessToken.objects.get().used == 1


def test_a_television_begins_with_no_more_than_its_name(demo):
    living_room = named(demo, "Living Room")

    begun = post("/oauth/device_authorization", {"client_id": living_room["client_id"]})

    assert begun.status_code == 200
