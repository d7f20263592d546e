"""Protected resources: how addresses are compared, and which resource a path belongs to (RFC 8707)."""

from __future__ import annotations

import pytest

from oauthcore.rules.errors.resources import InvalidTarget
from oauthcore.rules.oauth.resources import Resource, Resources, canonical

ISSUER = Resource("https://id.example", "The site", frozenset(["read", "write"]))


def resources(*addresses, issuer=ISSUER):
    return Resources.of(issuer, {one: {"name": one, "scopes": ["read"]} for one in addresses})


@pytest.mark.rfc("8707", "2")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://id.example/mcp", "https://id.example/mcp"),
        ("HTTPS://ID.Example/mcp", "https://id.example/mcp"),
        ("https://id.example/MCP", "https://id.example/MCP"),
        ("https://id.example/mcp/", "https://id.example/mcp/"),
        ("https://id.example/", "https://id.example"),
        ("https://id.example", "https://id.example"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_scheme_and_host_are_the_same_in_any_case_and_an_origin_with_its_slash(text, expected):
    assert canonical(text) == expected


@pytest.mark.rfc("8707", "2")
@pytest.mark.parametrize(
    "text",
    [
        *("", "mcp", "/mcp", "//id.example/mcp", "https:mcp", "urn:mcp", "https://", "https:///mcp"),
        *("https://id.example/mcp#", "https://id.example/mcp#x", "https://id.example/mcp?x=1"),
        *("https://a@id.example/mcp", "https://id.example/m\tcp", "https://id.example/m cp"),
        *("https://id.example/mcp\n", " https://id.example/mcp", "https://id.example/é", "https://[::1/mcp"),
        "https://id.example/" + "x" * 2000,
    ],
)
def test_what_is_relative_or_has_a_fragment_or_is_ill_formed_names_no_resource(text):
    assert canonical(text) is None
    with pytest.raises(InvalidTarget):
        resources("https://id.example/mcp").require([text])


def test_the_issuer_is_a_resource_and_its_entry_says_its_name_and_scopes():
    assert resources().find("https://ID.example/") == ISSUER

    said = resources("https://id.example", "https://id.example/mcp")
    assert said.issuer == Resource("https://id.example", "https://id.example", frozenset(["read"]))
    assert [one.identifier for one in said.declared] == ["https://id.example/mcp"]


def test_several_resources_are_named_each_once():
    found = resources("https://id.example/mcp").require(
        ["https://id.example/", "https://ID.example", "https://id.example/mcp"]
    )

    assert found == {"https://id.example", "https://id.example/mcp"}


@pytest.mark.parametrize("path", ["/r", "/" + "r" * 200])
def test_more_resources_than_a_row_holds_are_refused(path):
    many = [f"https://id.example{path}{number}" for number in range(21 if len(path) < 9 else 15)]

    with pytest.raises(InvalidTarget):
        resources(*many).require(many)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/mcp", "https://id.example/mcp"),
        ("/mcp/", "https://id.example/mcp"),
        ("/mcp/tools", "https://id.example/mcp"),
        ("/mcp/deep/er", "https://id.example/mcp/deep/"),
        ("/mcp/deep", "https://id.example/mcp/deep/"),
        ("/mcpx", "https://id.example"),
        ("/MCP", "https://id.example"),
        ("/a b/c", "https://id.example/a%20b"),
        ("/other", "https://id.example"),
        ("/", "https://id.example"),
        ("", "https://id.example"),
    ],
)
def test_a_path_belongs_to_the_resource_with_the_longest_path_above_it(path, expected):
    declared = [
        *("https://id.example/mcp", "https://id.example/mcp/deep/", "https://id.example/a%20b"),
        *("https://api.example/other", "https://api.example"),
    ]

    assert resources(*declared).of_path(path).identifier == expected


@pytest.mark.rfc("9728", "3.1")
@pytest.mark.parametrize(
    ("path", "host", "expected"),
    [
        ("", "id.example", "https://id.example/auth"),
        ("/auth", "id.example", "https://id.example/auth"),
        ("/mcp", "ID.example", "https://id.example/mcp"),
        ("/mcp", "api.example", "https://api.example/mcp"),
        ("/mcp", "elsewhere.example", "https://id.example/mcp"),
        ("/v1", "api.example", "https://api.example/v1"),
        ("/v1", "id.example", None),
        ("/mcp/", "id.example", None),
        ("", "api.example", "https://id.example/auth"),
        ("/nothing", "id.example", None),
    ],
)
def test_a_document_stands_at_the_path_of_its_resource(path, host, expected):
    declared = ["https://id.example/mcp", "https://api.example/mcp", "https://api.example/v1"]
    issuer = Resource("https://id.example/auth", "The site", frozenset())

    found = resources(*declared, issuer=issuer).described_at(path, host)

    assert (found and found.identifier) == expected


def test_a_resource_has_only_the_members_that_it_can_have():
    with pytest.raises(TypeError):
        Resources.of(ISSUER, {"https://id.example/mcp": {"name": "Tools", "scopes": [], "color": "red"}})
