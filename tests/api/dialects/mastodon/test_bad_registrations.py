"""``POST /api/v1/apps`` with what cannot stand: 422, in Mastodon's words and ours, and nothing is written."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from oauthcore.models import Application, SecurityEvent
from tests.support.dialects.mastodon import CALLBACK, OUT_OF_BAND, register
from tests.support.quoting import is_quotable

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("what is refused before anything is written"),
]

BAD_URIS = [
    "http://client.example/cb",
    "https://client.example/cb#here",
    "https://client.example/cb#",
    "https://*.client.example/cb",
    "https://me:secret@client.example/cb",
    "/callback",
    "client.example/cb",
    "javascript:alert(1)",
    "data:text/html,hello",
    "tusky:callback",
    "tusky://me@callback",
    "JavaScript://client.example/%0aalert(1)",
    "intent://client.example/cb",
    "urn:ietf:wg:oauth:2.0:oob:auto",
    "https://client.example/cb\r\nhttp://evil.example/cb",
    "https://client.example/cb\rhttps://evil.example/cb",
    "https://client.example/cb https://evil.example/cb",
    "https://client.example/" + "x" * 2000,
    "https://TESTSERVER:443/oauth/connections/",
    "https://[::1/cb",
]


def assert_names(answer, *fields):
    """Hold that an answer is Mastodon's and the contract's, and speaks of these fields."""
    body = answer.json()
    assert answer.status_code == 422
    assert set(body) == {"error", "error_description", "error_details"}
    assert set(body["error_details"]) == set(fields)
    assert body["error"] == f"Validation failed: {body['error_description']}"
    assert body["error_description"] == " ".join(body["error_details"].values())
    assert is_quotable(body["error"])
    assert not Application.objects.exists()
    assert not SecurityEvent.objects.exists()
    return body["error_details"]


@pytest.mark.parametrize("uri", BAD_URIS)
def test_a_redirect_uri_that_may_not_be_registered_is_named_and_never_repeated(uri):
    for sent in (uri, f"{CALLBACK}\n{uri}"):
        details = assert_names(register(redirect_uris=sent), "redirect_uris")
        assert "evil" not in details["redirect_uris"]
    assert_names(register("application/json", redirect_uris=[uri]), "redirect_uris")


@pytest.mark.parametrize(
    "uri",
    [
        "https://a.example/cb\nhttps://evil.example/cb",
        "https://a.example/cb\r\nhttps://evil.example/cb",
        f"{OUT_OF_BAND}\n{CALLBACK}",
    ],
)
def test_an_item_of_an_array_is_one_uri_whatever_it_holds(uri):
    assert_names(register("application/json", redirect_uris=[uri]), "redirect_uris")
    assert_names(register(**{"redirect_uris": None, "redirect_uris[]": [uri]}), "redirect_uris")


def test_twenty_redirect_uris_are_enough():
    uris = [f"https://client.example/{number}" for number in range(21)]

    assert_names(register("application/json", redirect_uris=uris), "redirect_uris")
    assert register("application/json", redirect_uris=uris[:20]).status_code == 200


@pytest.mark.parametrize("missing", [None, "", "\n\n"])
def test_without_a_redirect_uri_it_says_what_to_send(missing):
    assert (
        "one address on each line"
        in assert_names(register(redirect_uris=missing), "redirect_uris")["redirect_uris"]
    )


@pytest.mark.parametrize(
    "name", [None, "", "   ", "x" * 101, "a\nb", "a\x1b[31mb", "evil\u202eelpmaxe", "a\u2028b"]
)
def test_a_name_is_for_people_to_read(name):
    assert "1 to 100 characters" in assert_names(register(client_name=name), "client_name")["client_name"]


def test_a_name_is_not_that_of_this_site(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SITE_NAME": "Lumen"}

    said = assert_names(register(client_name=" L U\N{FULLWIDTH LATIN CAPITAL LETTER M} EN "), "client_name")

    assert "the name of this site" in said["client_name"]


def test_a_name_may_be_in_any_language():
    assert register(client_name="Фото-стол 📷").json()["name"] == "Фото-стол 📷"


@pytest.mark.parametrize(
    "website",
    [
        "javascript:alert(1)",
        "tusky.example",
        "ftp://tusky.example",
        "https://",
        "https://a b",
        "https://a.example/" + "x" * 500,
    ],
)
def test_a_website_is_an_address_of_the_web(website):
    assert "https or http" in assert_names(register(website=website), "website")["website"]


@pytest.mark.parametrize(
    "scopes",
    [
        "nonsense",
        "read nonsense",
        "write:",
        "write:accounts:x",
        "WRITE",
        'read "',
        "read \\",
        "read é",
        " ",
        "read " * 600,
    ],
)
def test_a_scope_that_is_not_the_sites_is_refused_by_field(scopes):
    details = assert_names(register(scopes=scopes), "scopes")

    assert "nonsense" not in details["scopes"]


def test_all_that_is_wrong_is_said_at_once():
    answer = register(client_name="", redirect_uris="nowhere", scopes="nonsense", website="nowhere")

    assert_names(answer, "client_name", "redirect_uris", "scopes", "website")


def test_what_is_wrong_is_said_in_english_whatever_the_client_speaks():
    answer = Client().post("/api/v1/apps", {"client_name": ""}, headers={"accept-language": "de"})

    assert answer.json()["error"].startswith("Validation failed: Give client_name")


@pytest.mark.parametrize("field", ["client_name", "scopes", "website"])
@pytest.mark.parametrize("value", [["a"], {"a": "b"}, [], 1.5])
def test_a_list_or_an_object_where_a_text_belongs_is_an_ill_formed_request(field, value):
    answer = register("application/json", **{field: value})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert field in answer.json()["error_description"]


@pytest.mark.parametrize("value", [{"a": "b"}, [["a"]], [{"a": 1}], [1.5]])
def test_redirect_uris_are_texts(value):
    answer = register("application/json", redirect_uris=value)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_numbers_and_booleans_count_as_their_text():
    assert register("application/json", client_name=7).json()["name"] == "7"
    assert_names_after = register("application/json", redirect_uris=[7, True])
    assert assert_names_after.status_code == 422


@pytest.mark.parametrize("field", ["client_name", "scopes", "website"])
def test_a_field_sent_twice_is_refused(field):
    answer = register(**{field: ["read", "read"]})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("text", ["%00", "a%00b", "%ff", "%c0%af", "%ed%a0%80"])
@pytest.mark.parametrize("field", ["client_name", "redirect_uris", "redirect_uris[]", "scopes", "website"])
def test_nul_and_what_is_no_utf_8_are_ill_formed(field, text):
    answer = Client().post(
        "/api/v1/apps", f"{field}={text}", content_type="application/x-www-form-urlencoded"
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 30_000 + b"]" * 30_000, 400),
        (b'{"redirect_uris": ' + b"[" * 30_000 + b"]" * 30_000 + b"}", 400),
        (b'{"client_name": ' + b"1" * 5000 + b"}", 400),
        (b'{"client_name": "a", "client_name": "b"}', 400),
        (rb'{"client_name": "\ud800"}', 400),
        (rb'{"client_name": "\u0000"}', 400),
        (b'{"client_name": NaN}', 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b"null", 400),
        ('{"client_name": "Tusky"}'.encode("utf-16"), 400),
        (json.dumps({"redirect_uris": ["https://a.example"] * 2_000}).encode(), 422),
        (b'{"client_name": "' + b"x" * 2_000_000 + b'"}', 413),
    ],
)
def test_json_that_means_harm_is_refused(body, status):
    answer = Client(raise_request_exception=False).post("/api/v1/apps", body, content_type="application/json")

    assert answer.status_code == status
    assert not Application.objects.exists()


def test_another_content_type_is_not_read():
    answer = Client().post("/api/v1/apps", "client_name: Tusky", content_type="text/yaml")

    assert (answer.status_code, answer.json()["error"]) == (415, "unsupported_media_type")


def test_an_empty_body_lacks_all_that_is_required():
    answer = Client().generic("POST", "/api/v1/apps")

    assert_names(answer, "client_name", "redirect_uris")
