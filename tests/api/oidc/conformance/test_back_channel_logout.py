"""Modules of back-channel logout: the logout token arrives, and works nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from oauthcore.outgoing import forms
from tests.support.document_server import DocumentServer, documents_on_loopback
from tests.support.oauth import post
from tests.support.relying_party import (
    ISSUER,
    LOGOUT,
    RelyingParty,
    SignedIn,
    header_of,
    relying_party,
    somebody,
    userinfo,
    userinfo_by_form,
    verified_jwt,
)
from tests.support.rsa_keys import ec_pem, rsa_pem

pytestmark = pytest.mark.sqlite_only("it is about what is sent; other tests ask what a database does")

AFTERWARDS = "https://client.example/loggedout"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture(autouse=True)
def openid(db: None, settings: Any) -> None:
    """Switch OpenID Connect on. Time is not frozen, because the certificates of the host are new."""
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "OPENID_CONNECT": True,
        "SIGNING_KEYS": [ec_pem(), rsa_pem()],
        "METADATA_DOCUMENT_LOOPBACK": True,
    }


@pytest.fixture
def host(monkeypatch: Any, tmp_path: Any) -> Iterator[DocumentServer]:
    """The host of the application. It accepts logout tokens at ``/out``."""
    monkeypatch.setattr(forms, "SECONDS_IN_ALL", 60.0)
    with documents_on_loopback(monkeypatch, tmp_path) as (server, _):
        server.put({}, path="/out")
        yield server


@pytest.fixture
def party(host: DocumentServer) -> RelyingParty:
    """An application that wants to be told of logouts, and a browser with somebody logged in."""
    return relying_party(
        post_logout_redirect_uris=[AFTERWARDS],
        backchannel_logout_uri=host.url("/out"),
        backchannel_logout_session_required=True,
    )


def log_out(signed_in: SignedIn) -> Any:
    """Log out as the suite does, and run the job that sends the remaining tokens."""
    browser = signed_in.party.browser
    sent = {"id_token_hint": signed_in.id_token, "post_logout_redirect_uri": AFTERWARDS, "state": "s"}
    page = browser.get(LOGOUT, sent)
    gone = browser.post(page.context["form_action"], {"asked": page.context["asked"], "decision": "log_out"})
    call_command("send_notices", verbosity=0)
    return gone


def bodies(host: DocumentServer) -> list[dict[str, list[str]]]:
    """Return the forms that were sent to the host."""
    return [parse_qs(one.partition("\r\n\r\n")[2]) for one in host.requests]


@pytest.mark.openid("backchannel_logout", "2.4")
@pytest.mark.openid("backchannel_logout", "2.5")
@pytest.mark.openid("backchannel_logout", "2.6")
def test_oidcc_backchannel_rp_initiated_logout(party: RelyingParty, host: DocumentServer) -> None:
    signed_in = party.sign_in()
    gone = log_out(signed_in)
    [body] = bodies(host)
    token = body["logout_token"][0]
    header, claims = header_of(token), verified_jwt(token)

    assert gone["Location"] == f"{AFTERWARDS}?state=s"
    assert set(body) == {"logout_token"}
    assert (header["alg"], header["typ"]) == ("RS256", "logout+jwt")
    assert (claims["iss"], claims["events"]) == (ISSUER, {EVENT: {}})
    assert claims["aud"] in (party.registered.client_id, [party.registered.client_id])
    assert (claims["sub"], claims["sid"]) == (signed_in.claims["sub"], signed_in.claims["sid"])
    assert claims["iat"] <= timezone.now().timestamp() < claims["exp"] <= claims["iat"] + 120
    assert isinstance(claims["jti"], str)
    assert "nonce" not in claims
    assert party.silently()["error"] == "login_required"


@pytest.mark.openid("backchannel_logout", "2.3")
@pytest.mark.openid("backchannel_logout", "2.1")
def test_oidcc_the_sid_is_of_one_browser_and_one_application(party: RelyingParty) -> None:
    user = somebody(username="grace")
    here = relying_party(party.registered, user).sign_in()
    there = relying_party(party.registered, user).sign_in()

    assert here.claims["sub"] == there.claims["sub"]
    assert here.claims["sid"] != there.claims["sid"]


@pytest.mark.openid("backchannel_logout", "2.3")
def test_oidcc_signing_in_again_in_the_same_browser_keeps_the_sid(party: RelyingParty) -> None:
    assert party.sign_in().claims["sid"] == party.sign_in().claims["sid"]


@pytest.mark.openid("backchannel_logout", "2.5")
def test_oidcc_an_application_without_an_address_is_told_nothing(host: DocumentServer) -> None:
    log_out(relying_party(post_logout_redirect_uris=[AFTERWARDS]).sign_in())

    assert host.requests == []


@pytest.mark.openid("backchannel_logout", "2.5")
def test_oidcc_each_application_gets_a_token_of_its_own(party: RelyingParty, host: DocumentServer) -> None:
    other = RelyingParty(relying_party(backchannel_logout_uri=host.url("/out")).registered, party.browser)
    other.sign_in()
    log_out(party.sign_in())
    told = [verified_jwt(one["logout_token"][0]) for one in bodies(host)]

    assert {one["aud"] for one in told} == {party.registered.client_id, other.registered.client_id}
    assert len({one["jti"] for one in told}) == len({one["sid"] for one in told}) == 2


@pytest.fixture
def logout_token(party: RelyingParty, host: DocumentServer) -> str:
    """A logout token that the application was sent."""
    log_out(party.sign_in())
    [body] = bodies(host)
    return body["logout_token"][0]


@pytest.mark.openid("backchannel_logout", "2.4")
@pytest.mark.parametrize("ask", [userinfo, userinfo_by_form])
def test_oidcc_a_logout_token_is_no_access_token(logout_token: str, ask: Any) -> None:
    assert ask(logout_token).status_code == 401


@pytest.mark.openid("backchannel_logout", "2.4")
def test_oidcc_a_logout_token_is_no_hint_for_a_login(party: RelyingParty, logout_token: str) -> None:
    party.browser.force_login(somebody(username="grace"))

    assert "error" in party.silently(id_token_hint=logout_token)


@pytest.mark.openid("backchannel_logout", "2.4")
def test_oidcc_a_logout_token_is_no_hint_for_a_logout(party: RelyingParty, logout_token: str) -> None:
    sent = {"id_token_hint": logout_token, "post_logout_redirect_uri": AFTERWARDS}

    for browser in (party.browser, Client()):
        refused = browser.get(LOGOUT, sent)
        assert refused.status_code == 400
        assert "Location" not in refused


@pytest.mark.openid("backchannel_logout", "2.4")
@pytest.mark.parametrize(
    "parameters",
    [
        lambda token: {"grant_type": "authorization_code", "code": token},
        lambda token: {"grant_type": "refresh_token", "refresh_token": token},
        lambda token: {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": token},
        lambda token: {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": token,
            "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        },
    ],
)
def test_oidcc_a_logout_token_gives_no_token(party: RelyingParty, logout_token: str, parameters: Any) -> None:
    refused = post("/oauth/token", {**party.registered.credentials, **parameters(logout_token)})

    assert refused.status_code == 400
    assert "access_token" not in refused.json()


def test_oidcc_introspection_says_nothing_of_a_logout_token_or_an_id_token(
    party: RelyingParty, logout_token: str
) -> None:
    assert party.introspect(logout_token).json() == {"active": False}
    party.browser.force_login(somebody(username="grace"))
    assert party.introspect(party.sign_in().id_token).json() == {"active": False}
