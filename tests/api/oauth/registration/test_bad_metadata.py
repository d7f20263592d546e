"""Client metadata that cannot stand: refused with one of two codes, never repeated (RFC 7591 §3.2.2)."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from oauthcore.models import Application, SecurityEvent
from tests.support.registration import CALLBACK, register_itself

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("it is about the form of what is sent, before any row decides"),
]

REDIRECTS = [
    "http://tool.example/cb",
    "javascript:alert(1)",
    "JavaScript://tool.example/%0aalert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "intent://x#Intent;end",
    "blob:https://tool.example/x",
    "https://*.tool.example/cb",
    "https://tool.example/cb#fragment",
    "https://user:pass@tool.example/cb",
    "https://tool.example/../cb",
    "https://tool.example/a\nb",
    "https://tool.example\\@evil.example/",
    "//tool.example/cb",
    "/cb",
    "cb",
    "myapp:/cb",
    "urn:ietf:wg:oauth:2.0:oob",
    "https://10.0.0.256/cb",
    "https://tool.example/cb?code=x",
    "https://testserver/oauth/connections/",
    "https://TestServer/oauth/connections/",
    "https://testserver:443/oauth/connections/",
    "https://[::1/cb",
    "https://tool.example]/cb",
    "https://tool\N{ACCOUNT OF}.example/cb",
    "https://tool.example:99999/cb",
    "https://tool.example/" + "a" * 2000,
    "",
]


@pytest.mark.rfc("7591", "5")
@pytest.mark.parametrize("uri", REDIRECTS, ids=lambda uri: uri[:40])
def test_a_dangerous_redirect_uri_is_refused(uri):
    answer = register_itself(redirect_uris=[CALLBACK, uri])

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")
    assert not Application.objects.exists()


@pytest.mark.rfc("7591", "3.2.2")
@pytest.mark.parametrize(
    "uris",
    [
        *(None, [], "https://tool.example/cb", {"a": 1}, [1], [None], [["x"]], [CALLBACK] * 51),
        [f"https://tool.example/{number}" for number in range(21)],
    ],
    ids=lambda uris: str(uris)[:30],
)
def test_redirect_uris_are_a_list_of_texts_with_one_to_twenty_of_them(uris):
    answer = register_itself(redirect_uris=uris)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")


@pytest.mark.rfc("7591", "5")
@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1/cb", "http://localhost/cb", "https://localhost/cb", "com.example.tool:/cb"]
)
def test_a_web_application_has_https_only_and_nothing_on_the_device(uri):
    answer = register_itself(redirect_uris=[CALLBACK, uri], application_type="web")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")


METADATA = [
    {"client_name": "x" * 101},
    {"client_name": "To\u202eol"},
    {"client_name": "To\nol"},
    {"client_name": "\u2800"},
    {"client_name": 7},
    {"client_name": ["Tool"]},
    {"client_name": "Lumen"},
    {"client_name": " \uff2cumen "},
    {"client_name": "L U M E N"},
    {"client_uri": "javascript:alert(1)"},
    {"client_uri": "tool.example"},
    {"client_uri": "https://tool.example/" + "a" * 500},
    {"scope": "nonsense"},
    {"scope": "read nonsense"},
    {"scope": 're"ad'},
    {"scope": "api.images.delete"},
    {"scope": "x" * 4001},
    {"scope": ["read"]},
    {"grant_types": ["implicit"]},
    {"grant_types": ["password"]},
    {"grant_types": ["refresh_token"]},
    {"grant_types": "authorization_code"},
    {"grant_types": ["authorization_code"] * 51},
    {"grant_types": ["authorization_code", "x" * 101]},
    {"grant_types": ["authorization_code"], "response_types": ["token"]},
    {"grant_types": ["client_credentials"], "response_types": ["code"]},
    {"grant_types": ["authorization_code", "client_credentials"], "token_endpoint_auth_method": "none"},
    {"token_endpoint_auth_method": "client_secret_jwt"},
    {"token_endpoint_auth_method": "tls_client_auth"},
    {"token_endpoint_auth_method": ["none"]},
    {"application_type": "desktop"},
    {"application_type": 1},
    {"software_id": "x" * 101},
    {"software_version": {}},
    {"dpop_bound_access_tokens": "true"},
    {"dpop_bound_access_tokens": 1},
]


@pytest.mark.rfc("7591", "3.2.2")
@pytest.mark.rfc("7591", "2.1")
@pytest.mark.parametrize("members", METADATA, ids=lambda members: str(members)[:50])
def test_other_metadata_that_cannot_stand_is_refused_and_not_repeated(members):
    answer = register_itself(**members)

    told = answer.json()
    assert (answer.status_code, told["error"]) == (400, "invalid_client_metadata")
    assert set(told) == {"error", "error_description"}
    assert told["error_description"].isascii()
    assert not set('"\\') & set(told["error_description"])
    assert "nonsense" not in told["error_description"]
    assert not Application.objects.exists()
    assert not SecurityEvent.objects.filter(kind="application_registered").exists()


@pytest.mark.rfc("7591", "3.1")
@pytest.mark.parametrize(
    ("body", "content_type", "refused"),
    [
        (b"[]", "application/json", (400, "invalid_client_metadata")),
        (b'"x"', "application/json", (400, "invalid_client_metadata")),
        (b"null", "application/json", (400, "invalid_client_metadata")),
        (b"{", "application/json", (400, "invalid_request")),
        (b'{"a": 1, "a": 2}', "application/json", (400, "invalid_request")),
        (b'{"client_name": "\\u0000"}', "application/json", (400, "invalid_request")),
        (b"[" * 50_000, "application/json", (400, "invalid_request")),
        (b"\xff", "application/json", (400, "invalid_request")),
        (b"{}" + b" " * 70_000, "application/json", (413, "request_too_large")),
        (b"client_name=x", "application/x-www-form-urlencoded", (415, "unsupported_media_type")),
        (b"{}", "text/plain", (415, "unsupported_media_type")),
    ],
    ids=lambda value: str(value)[:25],
)
def test_a_body_that_is_no_json_object_is_refused(body, content_type, refused):
    answer = Client().generic("POST", "/oauth/register", body, content_type=content_type)

    assert (answer.status_code, answer.json()["error"]) == refused


def test_an_empty_body_lacks_a_redirect_uri():
    answer = Client().post("/oauth/register", json.dumps({}), content_type="application/json")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")
