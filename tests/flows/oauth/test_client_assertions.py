"""``private_key_jwt``: an application signs that it is itself (RFC 7521 §4.2, RFC 7523 §2.2, §3)."""

from __future__ import annotations

import pytest

from oauthcore.recording import last_uses
from tests.support.client_assertions import ISSUER, ask, at_every_endpoint, refuse
from tests.support.jose import KINDS, a_key, asserted, new_key, public, with_keys
from tests.support.oauth import OAuthClient, is_live, post, with_person
from tests.support.statements import statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("signing_clients")]


@pytest.mark.rfc("7523", "2.2")
@at_every_endpoint
@pytest.mark.parametrize("algorithm", KINDS)
def test_an_application_proves_who_it_is_with_a_key_of_its_own(path, algorithm):
    key = a_key(algorithm)
    one = with_keys(key)

    assert ask(path, **asserted(one.client_id, key, header={"alg": algorithm})).status_code == 200


@pytest.mark.rfc("7523", "2.2")
def test_it_gets_codes_redeemed_refreshes_and_asks_for_itself():
    one = with_keys()
    oauth = with_person(one)

    def proof():
        return {"client_id": None, **asserted(one.client_id)}

    tokens = oauth.redeem(oauth.code(), **proof()).json()
    refreshed = oauth.refresh(tokens["refresh_token"], **proof()).json()
    own = oauth.token(grant_type="client_credentials", **proof()).json()

    assert is_live(refreshed["access_token"])
    assert is_live(own["access_token"])
    assert oauth.introspect(own["access_token"], **proof()).json()["active"] is True
    assert oauth.revoke(own["access_token"], **proof()).status_code == 200
    assert not is_live(own["access_token"])


@pytest.mark.rfc("7521", "4.2")
def test_the_client_id_may_be_sent_besides_and_is_the_same():
    one, other = with_keys(), with_keys(new_key())

    assert ask("/oauth/token", client_id=one.client_id, **asserted(one.client_id)).status_code == 200
    response = ask("/oauth/token", client_id=other.client_id, **asserted(one.client_id))
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@pytest.mark.rfc("7523", "3")
@at_every_endpoint
def test_the_audience_is_the_issuer_or_the_endpoint_that_is_called(path):
    one = with_keys()

    for audience in (ISSUER, ISSUER + path):
        assert ask(path, **asserted(one.client_id, aud=audience)).status_code == 200


@pytest.mark.rfc("7523", "3")
@at_every_endpoint
def test_an_assertion_works_once(path):
    one = with_keys()
    sent = asserted(one.client_id)

    assert ask(path, **sent).status_code == 200
    again = ask("/oauth/token", **sent)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


def test_the_same_jti_of_another_application_is_another():
    one, other = with_keys(), with_keys()

    for registered in (one, other):
        assert ask("/oauth/token", **asserted(registered.client_id, jti="1")).status_code == 200


def test_it_is_off_unless_the_site_switches_it_on(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": False}

    refuse(with_keys())


def test_keys_overlap_while_one_takes_the_place_of_another():
    old, new = new_key(), new_key("EdDSA")
    one = with_keys(old, public(new, kid="new"))

    assert ask("/oauth/token", **asserted(one.client_id, old)).status_code == 200
    header = {"alg": "EdDSA", "kid": "new"}
    assert ask("/oauth/token", **asserted(one.client_id, new, header=header)).status_code == 200
    last_uses.keys.flush()
    assert all(one.application.client_keys.values_list("last_used_at", flat=True))


def test_the_last_use_is_that_of_the_key_that_signed():
    old, new = new_key(), new_key()
    one = with_keys(public(old, kid="old"), public(new, kid="new"))

    ask("/oauth/token", **asserted(one.client_id, new, header={"kid": "new"}))

    last_uses.keys.flush()
    used = dict(one.application.client_keys.values_list("name", "last_used_at"))
    assert used["old"] is None
    assert used["new"] is not None


def test_it_takes_two_statements_more_than_the_work_itself():
    one = with_keys()
    ask("/oauth/token", **asserted(one.client_id))  # makes the standing grant

    with statements() as run:
        ask("/oauth/token", **asserted(one.client_id))

    assert len(run) == 3, run
    assert run[1].startswith("INSERT INTO oauthcore_usedidentifier")


def test_wrong_assertions_are_counted_as_wrong_secrets_are(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLIENT_SECRET_LIMIT": (3, 60)}
    one, wrong = with_keys(), new_key()
    for _ in range(3):
        refuse(one, wrong)

    answers = [ask("/oauth/token", **asserted(one.client_id, key)) for key in (wrong, wrong, None)]

    assert [answer.status_code for answer in answers] == [429, 429, 429]
    assert answers[0].json()["error"] == "slow_down"
    assert 0 < int(answers[0]["Retry-After"]) <= 60
    assert ask("/oauth/token", **asserted(with_keys().client_id)).status_code == 200


def test_no_signature_is_looked_at_once_too_many_were_wrong(settings, monkeypatch):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLIENT_SECRET_ADDRESS_LIMIT": (1, 60)}
    one = with_keys()
    for _ in range(2):
        ask("/oauth/token", **asserted(one.client_id, new_key()))
    looked = []
    monkeypatch.setattr("oauthcore.flows.oauth.client_assertions.verify", lambda *args: looked.append(args))

    with statements() as run:
        response = ask("/oauth/token", **asserted(one.client_id, new_key()))

    assert response.status_code == 429
    assert looked == []
    assert len(run) == 1


def test_nothing_that_was_sent_is_logged(caplog):
    one = with_keys()
    sent = asserted(one.client_id, new_key())

    ask("/oauth/token", **sent)

    assert "invalid_client" in caplog.text
    assert sent["client_assertion"] not in caplog.text


@pytest.mark.rfc("8628", "3.1")
def test_a_device_signs_where_it_begins():
    path = "/oauth/device_authorization"
    one = with_keys(grant_types=["urn:ietf:params:oauth:grant-type:device_code"])

    for audience in (ISSUER, ISSUER + path):
        assert ask(path, **asserted(one.client_id, aud=audience)).status_code == 200
    refused = ask(path, **asserted(one.client_id, aud=f"{ISSUER}/oauth/token"))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


@pytest.mark.rfc("9126", "2")
def test_a_request_is_pushed_with_an_assertion_for_the_issuer_the_endpoint_or_the_token_endpoint():
    path = "/oauth/par"
    one = with_keys()
    request = OAuthClient(one).parameters()

    for audience in (ISSUER, ISSUER + path, f"{ISSUER}/oauth/token"):
        pushed = post(path, request | asserted(one.client_id, aud=audience))
        assert pushed.status_code == 201, pushed.content
    refused = post(path, request | asserted(one.client_id, aud=f"{ISSUER}/oauth/revoke"))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
