"""The reference site shows its API: as OpenAPI, and on a page."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from reference_site.description.reading import groups
from reference_site.description.templatetags.in_code import in_code
from tests.support.described_api import describe

pytestmark = pytest.mark.sqlite_only("a description is made of code and settings")


@pytest.fixture
def client() -> Client:
    return Client()


def test_it_is_served_as_json_that_caches_may_keep_and_other_origins_may_read(client):
    answer = client.get("/openapi.json")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "public, max-age=300"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer.json() == describe()


def test_a_client_that_has_it_is_told_so(client):
    etag = client.get("/openapi.json")["ETag"]

    answer = client.get("/openapi.json", headers={"If-None-Match": etag})

    assert (answer.status_code, answer.content) == (304, b"")


def test_it_is_small_enough_to_be_loaded_by_a_browser(client):
    assert len(client.get("/openapi.json").content) < 600_000


def test_it_says_the_same_to_readers_of_every_language(client):
    assert client.get("/openapi.json", headers={"Accept-Language": "de"}).json()["info"]["title"] == "Lumen"


def test_nothing_else_than_reading_is_allowed(client):
    answer = client.post("/openapi.json")

    assert answer.status_code == 405
    assert answer.json()["error"] == "method_not_allowed"


def test_the_page_shows_every_operation_with_its_scopes(client):
    page = client.get("/openapi/").content.decode()

    operations = [one for group in groups() for one in group.operations]
    assert len(operations) == sum(len(item) for item in describe()["paths"].values())
    assert all(f'id="{one.name}"' in page for one in operations)
    assert "OAuth2: api.images.read" in page


def test_the_page_loads_nothing_from_elsewhere_and_has_no_script(client):
    answer = client.get("/openapi/")

    assert "script-src" not in answer["Content-Security-Policy"]
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in answer.content.decode()
    loaded = re.findall(r'(?:src|<link[^>]+href)="([^"]*)"', answer.content.decode())
    assert all(one.startswith("/static/") for one in loaded)


def test_the_long_part_of_the_page_is_made_once_in_each_language(client):
    client.get("/openapi/")

    again, german = client.get("/openapi/"), client.get("/openapi/", headers={"accept-language": "de"})

    assert "description/operation.html" not in {one.name for one in again.templates}
    assert "<h3>Answers</h3>" in again.text
    assert "<h3>Antworten</h3>" in german.text


def test_a_login_is_not_needed_and_no_row_is_read(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        client.get("/openapi/")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("send `code` & <b>", "send <code>code</code> &amp; <b>".replace("<b>", "&lt;b&gt;")),
        ("one ` alone <i>", "one ` alone &lt;i&gt;"),
    ],
)
def test_what_stands_between_backticks_is_code(text, html):
    assert in_code(text) == html


def test_an_empty_filter_counts_as_not_sent_and_the_description_says_so(api, account):
    [described] = [
        one for one in describe()["paths"]["/v1/images"]["get"]["parameters"] if one["name"] == "set"
    ]

    assert api.get("/v1/images?set=").status_code == 200
    assert {"type": "string", "maxLength": 0} in described["schema"]["oneOf"]


def test_an_empty_text_clears_a_time_and_the_description_says_so(api, account):
    described = describe()["components"]["schemas"]["ImageSetFields"]["properties"]["go_live_at"]

    answer = api.post("/v1/sets", {"name": "A set", "go_live_at": ""})

    assert answer.status_code == 201
    assert "maxLength" in str(described)
