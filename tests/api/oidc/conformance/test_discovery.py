"""Modules about the discovery document and the key set, byte by byte."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.support.relying_party import DISCOVERY, ISSUER, configuration

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")


@pytest.mark.openid("discovery", "4")
@pytest.mark.openid("discovery", "4.1")
@pytest.mark.openid("discovery", "4.2")
def test_oidcc_discovery_endpoint_verification() -> None:
    answered = Client().get(DISCOVERY)

    assert answered.status_code == 200
    assert re.fullmatch(r"application/json(; ?charset=utf-8)?", answered["Content-Type"])
    assert answered["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answered


@pytest.mark.openid("discovery", "4.3")
@pytest.mark.parametrize("host", ["testserver", "127.0.0.1", "localhost"])
def test_oidcc_discovery_issuer_is_the_setting_byte_by_byte(host: str) -> None:
    raw = Client().get(DISCOVERY, headers={"host": host}).content.decode()

    assert json.loads(raw)["issuer"] == ISSUER
    assert f'"issuer": "{ISSUER}"' in raw or f'"issuer":"{ISSUER}"' in raw


@pytest.mark.openid("discovery", "3")
def test_oidcc_discovery_has_the_required_members() -> None:
    found = configuration()

    assert found["response_types_supported"] == ["code"]
    assert "public" in found["subject_types_supported"]
    assert {"RS256", "ES256"} == set(found["id_token_signing_alg_values_supported"])
    assert {"openid", "profile", "email"} <= set(found["scopes_supported"])
    assert "authorization_code" in found["grant_types_supported"]
    assert {"client_secret_basic", "client_secret_post"} <= set(
        found["token_endpoint_auth_methods_supported"]
    )
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["authorization_response_iss_parameter_supported"] is True
    assert "query" in found["response_modes_supported"]


@pytest.mark.openid("discovery", "3")
def test_oidcc_discovery_endpoints_are_https_addresses_of_this_site() -> None:
    found = configuration()
    endpoints = {name: value for name, value in found.items() if name.endswith(("_endpoint", "_uri"))}

    assert {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"} <= set(endpoints)
    for name, address in endpoints.items():
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "testserver", ""), name
        assert address == address.strip()


@pytest.mark.openid("discovery", "4.2")
def test_oidcc_discovery_has_no_empty_members_and_each_has_its_type() -> None:
    found = configuration()

    for name, value in found.items():
        assert value not in (None, "", [], {}), name
        if name.endswith("_supported"):
            assert isinstance(value, list | bool), name
        if isinstance(value, list):
            assert all(isinstance(one, str) for one in value), name
            assert len(set(value)) == len(value), name


@pytest.mark.openid("discovery", "3")
def test_oidcc_discovery_names_nothing_weak() -> None:
    raw = Client().get(DISCOVERY).content.decode()

    assert '"none"' not in json.dumps(configuration()["id_token_signing_alg_values_supported"])
    assert "HS256" not in raw
    assert "implicit" not in json.dumps(configuration()["response_types_supported"])
    assert "plain" not in raw


def test_oidcc_discovery_agrees_with_the_metadata_of_rfc_8414() -> None:
    found, metadata = configuration(), Client().get("/.well-known/oauth-authorization-server").json()

    assert {name: found[name] for name in metadata if name in found} == {
        name: value for name, value in metadata.items() if name in found
    }
    assert set(metadata) <= set(found)


@pytest.mark.openid("discovery", "4")
def test_oidcc_discovery_of_a_site_without_openid_connect(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}

    assert Client().get(DISCOVERY).status_code == 404
    assert Client().get("/oauth/userinfo").status_code in (401, 403, 404)
    metadata = Client().get("/.well-known/oauth-authorization-server").json()
    assert "userinfo_endpoint" not in metadata


@pytest.mark.openid("core", "10.1")
@pytest.mark.rfc("7517", "4")
def test_oidcc_key_set_byte_by_byte() -> None:
    answered = Client().get(urlsplit(configuration()["jwks_uri"]).path)
    keys = answered.json()["keys"]

    assert answered["Content-Type"].startswith(("application/json", "application/jwk-set+json"))
    assert len({one["kid"] for one in keys}) == len(keys)
    assert {one["alg"] for one in keys} == {"RS256", "ES256"}
    for one in keys:
        assert not {"d", "p", "q", "dp", "dq", "qi", "oth", "k"} & set(one)
        assert one["use"] == "sig"
        assert all(isinstance(value, str) for value in one.values())
        numbers = {name: one[name] for name in ("n", "e", "x", "y") if name in one}
        assert all(re.fullmatch(r"[A-Za-z0-9_-]+", value) for value in numbers.values())
        raw = {name: base64.urlsafe_b64decode(value + "==") for name, value in numbers.items()}
        if one["kty"] == "RSA":
            assert (len(raw["n"]) * 8 >= 2048, raw["n"][0] != 0, raw["e"]) == (True, True, b"\x01\x00\x01")
        else:
            assert (one["kty"], one["crv"], len(raw["x"]), len(raw["y"])) == ("EC", "P-256", 32, 32)


@pytest.mark.openid("discovery", "4.1")
@pytest.mark.urls("tests.support.sites.below_a_path")
def test_oidcc_discovery_of_an_issuer_with_a_path(settings: Any) -> None:
    """The path of the document comes after that of the issuer, not before it as in RFC 8414."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": f"{ISSUER}/auth"}

    found = Client().get(f"/auth{DISCOVERY}").json()
    assert found["issuer"] == f"{ISSUER}/auth"
    assert found["authorization_endpoint"] == f"{ISSUER}/auth/oauth/authorize"
