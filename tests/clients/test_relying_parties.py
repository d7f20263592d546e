"""Software that is set up as in docs/relying-parties.md signs people in. The tests send its requests.

Software that is installed here signs people in through a browser in other tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clients.software import PAGE, SOFTWARE, Sender, redirect_uris_of
from tests.support.markdown import section
from tests.support.oauth import answer, basic, post
from tests.support.relying_party import (
    ISSUER,
    configuration,
    header_of,
    relying_party,
    somebody,
    userinfo,
    verified_id_token,
)
from tests.support.rsa_keys import ec_pem, rsa_pem

pytestmark = pytest.mark.sqlite_only("it is about the client; other tests ask what the database does")

every_software = pytest.mark.parametrize("name", SOFTWARE)


@pytest.fixture(autouse=True)
def openid(db: None, settings: Any) -> None:
    """A site with OpenID Connect, and a key for each algorithm."""
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "OPENID_CONNECT": True,
        "SIGNING_KEYS": [ec_pem(), rsa_pem()],
    }


@pytest.mark.openid("core", "3.1.2.1")
@pytest.mark.openid("core", "3.1.3.7")
@every_software
def test_software_that_is_set_up_as_the_page_says_signs_somebody_in(name: str) -> None:
    sender = Sender(name)
    back = answer(sender.authorize())
    assert (back["state"], back["iss"]) == ("S" * 32, ISSUER)
    redeemed = sender.redeem(back["code"])
    assert redeemed.status_code == 200, redeemed.content

    answered = redeemed.json()
    assert answered["token_type"].lower() == "bearer"
    claims = verified_id_token(
        answered["id_token"],
        client_id=sender.client_id,
        access_token=answered["access_token"],
        algorithm="RS256",
    )
    assert header_of(answered["id_token"])["kid"]
    assert claims.get("nonce") == sender.software.asks.get("nonce")
    assert sender.software.in_id_token <= set(claims)
    if sender.software.reads_userinfo:
        told = userinfo(answered["access_token"])
        assert told["Content-Type"].startswith("application/json")
        assert told.json()["sub"] == claims["sub"]
        assert sender.software.in_userinfo <= set(told.json())
        assert all(value not in (None, "") for value in told.json().values())


@every_software
def test_it_signs_the_same_person_in_again_without_a_question(name: str) -> None:
    sender = Sender(name)
    first = sender.redeem(answer(sender.authorize())["code"]).json()
    again = sender.browser.get("/oauth/authorize", sender.parameters())

    second = sender.redeem(answer(again)["code"]).json()
    ids = [verified_id_token(one["id_token"], client_id=sender.client_id) for one in (first, second)]
    assert ids[0]["sub"] == ids[1]["sub"]


@every_software
def test_software_without_the_pkce_setting_of_the_page_is_refused(name: str) -> None:
    sender = Sender(name)
    refused = sender.authorize(code_challenge=None, code_challenge_method=None)

    assert answer(refused)["error"] == "invalid_request"


def test_home_assistant_is_refused_while_it_asks_for_groups() -> None:
    sender = Sender("Home Assistant")

    assert answer(sender.authorize(scope="openid profile groups"))["error"] == "invalid_scope"


def test_grafana_is_refused_while_it_asks_for_its_own_scope() -> None:
    assert answer(Sender("Grafana").authorize(scope="user:email"))["error"] == "invalid_scope"


def test_oauth2_proxy_reads_that_the_address_was_not_checked() -> None:
    """It refuses people whose ``email_verified`` is false, unless a setting allows it."""
    sender = Sender("oauth2-proxy")
    answered = sender.redeem(answer(sender.authorize())["code"]).json()

    assert userinfo(answered["access_token"]).json()["email_verified"] is False
    assert "insecure_oidc_allow_unverified_email = true" in section(PAGE, "oauth2-proxy")


def test_nextcloud_uses_its_other_redirect_uri_as_well() -> None:
    sender = Sender("Nextcloud")
    sender.redirect_uri = redirect_uris_of("Nextcloud")[1]

    assert sender.redeem(answer(sender.authorize())["code"]).status_code == 200


GRANTS_A_REFRESH = [name for name in SOFTWARE if name in ("Grafana", "oauth2-proxy", "Apache", "Authlib")]


@pytest.mark.openid("core", "12")
@pytest.mark.parametrize("name", GRANTS_A_REFRESH)
def test_software_that_refreshes_gets_an_id_token_that_it_can_check(name: str) -> None:
    sender = Sender(name)
    first = sender.redeem(answer(sender.authorize())["code"]).json()
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    header = basic(sender.client_id, sender.client_secret)
    second = post("/oauth/token", refresh, authorization=header).json()

    before, after = (
        verified_id_token(one["id_token"], client_id=sender.client_id, access_token=one["access_token"])
        for one in (first, second)
    )
    assert (before["sub"], before["auth_time"]) == (after["sub"], after["auth_time"])


Check = Callable[[dict[str, Any]], bool]
#: The members of the discovery document that software requires.
OF_THE_DOCUMENT: dict[str, Check] = {
    "Nextcloud sends PKCE only then": lambda one: "S256" in one["code_challenge_methods_supported"],
    "Nextcloud and allauth put the secret into the body": lambda one: (
        "client_secret_post" in one["token_endpoint_auth_methods_supported"]
    ),
    "Authlib, Apache: into the header": lambda one: (
        "client_secret_basic" in one["token_endpoint_auth_methods_supported"]
    ),
    "Home Assistant": lambda one: (
        "query" in one["response_modes_supported"]
        and "authorization_code" in one["grant_types_supported"]
        and "code" in one["response_types_supported"]
        and "RS256" in one["id_token_signing_alg_values_supported"]
    ),
    "oauth2-proxy compares the issuer byte by byte": lambda one: one["issuer"] == ISSUER,
    "GitLab's library requires these": lambda one: (
        {
            "issuer",
            "authorization_endpoint",
            "jwks_uri",
            "response_types_supported",
            "subject_types_supported",
            "id_token_signing_alg_values_supported",
        }
        <= set(one)
    ),
}


@pytest.mark.openid("discovery", "3")
@pytest.mark.parametrize("check", OF_THE_DOCUMENT.values(), ids=OF_THE_DOCUMENT)
def test_the_discovery_document_has_what_software_looks_for(check: Check) -> None:
    assert check(configuration())


def test_a_person_has_the_same_subject_in_two_kinds_of_software() -> None:
    user = somebody(username="grace")
    subjects = set()
    for name in ("Grafana", "GitLab"):
        sender = Sender(name, user)
        answered = sender.redeem(answer(sender.authorize())["code"]).json()
        subjects.add(verified_id_token(answered["id_token"], client_id=sender.client_id)["sub"])

    assert len(subjects) == 1
    assert relying_party(user=user).sign_in().claims["sub"] in subjects
