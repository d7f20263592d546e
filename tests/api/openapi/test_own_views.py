"""A site's own views in its description: the scopes that they require, and how they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from tests.support.described_api import describe

pytestmark = pytest.mark.sqlite_only("a description is made of code and settings")


@pytest.fixture(scope="module")
def paths() -> dict[str, Any]:
    with override_settings(ROOT_URLCONF="tests.support.sites.described"):
        return describe()["paths"]


def test_an_operation_names_its_scopes_for_each_kind_of_token(paths):
    assert paths["/notes"]["get"]["security"] == [
        {"OAuth2": ["read"]},
        {"ServiceToken": ["read"]},
        {"DeviceSession": ["read"]},
    ]


def test_a_session_is_named_where_the_view_takes_one(paths):
    assert {"cookieAuth": []} in paths["/sessions"]["get"]["security"]
    assert {"cookieAuth": []} not in paths["/notes"]["get"]["security"]


def test_a_view_for_people_takes_no_service_tokens(paths):
    assert [*map(list, paths["/people"]["get"]["security"])] == [["OAuth2"], ["DeviceSession"]]


@pytest.mark.parametrize(
    ("path", "scopes"),
    [("/both", [["read", "write"]]), ("/either", [["read"], ["write"]]), ("/staff", [["read"], []])],
)
def test_joined_permissions_are_ways_of_their_own(paths, path, scopes):
    found = [one["OAuth2"] for one in paths[path]["get"]["security"] if "OAuth2" in one]

    assert found == scopes


def test_a_public_view_takes_a_request_without_a_token_and_refuses_a_bad_one(paths):
    operation = paths["/public"]["get"]

    assert {} in operation["security"]
    assert codes(operation, 401) == ["invalid_token", "invalid_dpop_proof", "use_dpop_nonce"]


def codes(operation: dict[str, Any], status: int) -> list[str]:
    """Return the codes of an answer."""
    schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    found: list[str] = schema["allOf"][1]["properties"]["error"]["enum"]
    return found


def test_refusals_have_the_format_and_the_headers_of_the_contract(paths):
    operation = paths["/rare"]["post"]

    assert codes(operation, 401)[:2] == ["not_authenticated", "invalid_token"]
    assert codes(operation, 403) == ["insufficient_scope", "ip_not_allowed", "access_denied"]
    assert codes(operation, 413) == ["request_too_large"]
    assert codes(operation, 429) == ["throttled"]
    assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]
    assert "WWW-Authenticate" in operation["responses"]["403"]["headers"]
    assert operation["responses"]["429"]["headers"]["Retry-After"]["required"]


def test_only_what_can_happen_is_described(paths):
    assert set(paths["/notes"]["get"]["responses"]) == {"200", "400", "401", "403", "503"}
    assert "404" in paths["/notes/{number}"]["get"]["responses"]
    assert codes(paths["/any"]["get"], 403) == ["ip_not_allowed", "access_denied"]
    assert codes(paths["/tokens"]["get"], 403) == ["insufficient_scope", "ip_not_allowed"]


def test_a_view_that_says_nothing_refuses_every_token(paths):
    assert "insufficient_scope" in codes(paths["/silent"]["get"], 403)


def test_a_view_that_wants_a_recent_login_says_so(paths):
    assert "insufficient_user_authentication" in codes(paths["/recent"]["get"], 401)
    assert "insufficient_user_authentication" not in codes(paths["/notes"]["get"], 401)


def test_an_answer_that_the_view_describes_itself_stays(paths):
    content = paths["/declared"]["get"]["responses"]["403"]["content"]

    assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/Note"}


def test_errors_in_a_format_of_the_sites_own_are_not_described_as_ours(paths):
    refused = paths["/own-errors"]["get"]["responses"]["401"]

    assert "content" not in refused
    assert "WWW-Authenticate" in refused["headers"]


def test_a_view_without_tokens_is_left_as_it_is(paths):
    assert set(paths["/other"]["get"]["responses"]) == {"200"}
    assert paths["/other"]["get"]["security"] == [{"cookieAuth": []}]


def test_a_docstring_becomes_markdown(paths):
    assert paths["/notes"]["get"]["description"] == "The notes of the person, one of `each`."
