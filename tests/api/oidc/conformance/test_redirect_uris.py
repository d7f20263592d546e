"""Modules about redirect URIs: a browser is sent to a registered one, and to no other."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.factories import REDIRECT_URI
from tests.support.registration import register_itself
from tests.support.relying_party import RelyingParty, relying_party

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")

WITH_QUERY = f"{REDIRECT_URI}?foo=bar"


def assert_shown_to_the_person(answered: Any) -> None:
    assert answered.status_code == 400
    assert "Location" not in answered
    assert "text/html" in answered["Content-Type"]


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_ensure_registered_redirect_uri(party: RelyingParty) -> None:
    assert_shown_to_the_person(party.authorize(redirect_uri="https://client.example/callback2"))


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_ensure_redirect_uri_in_authorization_request() -> None:
    party = relying_party(redirect_uris=[REDIRECT_URI, "https://client.example/other"])

    assert_shown_to_the_person(party.authorize(redirect_uri=None))


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_redirect_uri_query_ok() -> None:
    party = relying_party(redirect_uris=[WITH_QUERY])
    decided = party.decide(redirect_uri=WITH_QUERY)
    query = parse_qs(urlsplit(decided["Location"]).query)

    assert query["foo"] == ["bar"]
    assert party.redeem(query["code"][0], redirect_uri=WITH_QUERY).json()["id_token"]


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_redirect_uri_query_mismatch() -> None:
    party = relying_party(redirect_uris=[WITH_QUERY])

    assert_shown_to_the_person(party.authorize(redirect_uri=f"{REDIRECT_URI}?bar=foo"))
    assert_shown_to_the_person(party.authorize(redirect_uri=REDIRECT_URI))


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_redirect_uri_query_added(party: RelyingParty) -> None:
    assert_shown_to_the_person(party.authorize(redirect_uri=WITH_QUERY))


@pytest.mark.openid("core", "3.1.2.1")
@pytest.mark.parametrize(
    "uri",
    [
        "https://client.example/cb/",
        "https://client.example/CB",
        "https://CLIENT.example/cb",
        "https://client.example:443/cb",
        "http://client.example/cb",
        "https://client.example/cb#x",
        "https://client.example/x/../cb",
        "https://client.example/%63b",
        "https://client.example@evil.example/cb",
        "https://client.example.evil.example/cb",
        " https://client.example/cb",
    ],
)
def test_oidcc_redirect_uri_that_is_nearly_the_registered_one(party: RelyingParty, uri: str) -> None:
    assert_shown_to_the_person(party.authorize(redirect_uri=uri))


@pytest.mark.openid("registration", "2")
def test_oidcc_redirect_uri_regfrag() -> None:
    answered = register_itself(redirect_uris=["https://tool.example/cb#foo=bar"])

    assert (answered.status_code, answered.json()["error"]) == (400, "invalid_redirect_uri")
