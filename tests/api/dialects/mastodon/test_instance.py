"""``GET /api/v1/instance`` and ``/api/v2/instance``: what kind of server this is (wire §4)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.support.statements import statements

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("a document made of settings, without a query"),
]

V1 = ["/api/v1/instance", "/api/v1/instance/"]
V2 = ["/api/v2/instance", "/api/v2/instance/"]
every = pytest.mark.parametrize("path", [*V1, *V2])


@every
def test_it_answers_with_and_without_a_slash_at_its_end(path):
    answer = Client().get(path)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json() == Client().get(path.rstrip("/")).json()


@every
def test_its_version_is_4_3_0_or_later_for_whoever_reads_the_numbers(path):
    version = Client().get(path).json()["version"]

    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    assert tuple(map(int, numbers.groups())) >= (4, 3, 0)
    assert "compatible; oauthcore" in version


@every
def test_it_names_the_versions_of_its_interface(path):
    assert Client().get(path).json()["api_versions"] == {"mastodon": 1}


@every
def test_it_needs_no_token_no_query_and_minds_none(path):
    with statements() as run:
        anonymous = Client().get(path)
        with_a_token = Client().get(path, headers={"authorization": "Bearer nonsense"})

    assert anonymous.json() == with_a_token.json()
    assert run == []


@every
def test_its_address_is_the_issuers_and_never_the_requests(path, settings):
    settings.ALLOWED_HOSTS = ["*"]
    told = Client().get(path, headers={"host": "evil.example"})

    assert told.json().get("uri", told.json().get("domain")) == "testserver"
    assert "evil" not in told.content.decode()


@every
def test_its_title_is_the_sites_name_or_its_host(path, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"SITE_NAME": "Photo Club"}
    assert Client().get(path).json()["title"] == "Photo Club"

    settings.OAUTHCORE = settings.OAUTHCORE | {"SITE_NAME": ""}
    assert Client().get(path).json()["title"] == "testserver"


@every
def test_nothing_in_it_is_null_and_nobody_can_sign_up_through_it(path):
    told = Client().get(path).json()

    assert None not in told.values()
    assert told["registrations"] in (False, {"enabled": False, "approval_required": False})


def test_the_first_form_has_what_its_clients_read():
    told = Client().get(V1[0]).json()

    assert {"uri", "title", "short_description", "description", "email", "version"} <= set(told)
    assert set(told["stats"]) == {"user_count", "status_count", "domain_count"}
    assert (told["thumbnail"].partition("/static/")[0], told["rules"]) == ("https://testserver", [])
    assert told["languages"] == ["en"]
    assert told["configuration"]["statuses"]["max_characters"] == 0


def test_the_second_form_has_what_its_clients_read():
    told = Client().get(V2[0]).json()

    assert {"domain", "title", "version", "description", "usage", "thumbnail", "contact"} <= set(told)
    assert told["usage"] == {"users": {"active_month": 0}}
    assert told["thumbnail"]["url"].startswith("https://testserver/static/")
    assert told["configuration"]["vapid"] == {"public_key": ""}
    assert told["configuration"]["translation"] == {"enabled": False}


@every
def test_any_origin_may_ask(path):
    for answer in (Client().get(path), Client().options(path)):
        assert answer["Access-Control-Allow-Origin"] == "*"
    assert Client().options(path)["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


@every
def test_it_is_read_and_never_written(path):
    answer = Client().post(path)

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert Client().head(path).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/timelines/home", "/api/v3/instance", "/api/"])
def test_what_is_not_there_is_json_too(path):
    answer = Client().get(path)

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
