"""``/mcp``: each tool behind its scope, and whatever a client sends (revisions 2026-07-28 and 2025-11-25)."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reference_site.accounts.roles import KEYWORDS, RATINGS, READ
from reference_site.photos.api.bodies import MOST_KEYWORDS
from reference_site.photos.models import Image
from tests.support.factories import bearer
from tests.support.reference_site.factories import (
    AccountFactory,
    ImageFactory,
    ImageSetFactory,
    token_for,
    token_without_account,
)
from tests.support.statements import statements

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("it is about requests and answers; other tests change the same rows"),
]

PUBLIC = "api.public.read"
MODERN, BEFORE = "2026-07-28", "2025-11-25"


def send(token, method, params=None, *, version=MODERN, **headers):
    params = dict(params or {})
    named = {"MCP-Protocol-Version": version}
    if version == MODERN:
        params["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": version,
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        named |= {"Mcp-Method": method} | ({"Mcp-Name": params["name"]} if "name" in params else {})
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return post(token, json.dumps(message), **named | headers)


def post(token, body, **headers):
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return Client(headers=headers).post("/mcp", body, content_type="application/json")


def call(token, tool, arguments, **changes):
    return send(token, "tools/call", {"name": tool, "arguments": arguments}, **changes)


def result(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["result"]


@pytest.fixture
def image(account):
    return ImageFactory(account=account, keywords=["sea"])


@pytest.fixture
def token(account):
    return token_for(account, READ, RATINGS, KEYWORDS, PUBLIC)


@pytest.mark.rfc("9728", "5.1")
@pytest.mark.parametrize("method", ["server/discover", "tools/list", "tools/call", "initialize"])
def test_without_a_token_the_challenge_names_the_scope_and_the_document_of_this_server(method):
    answer = send(None, method)

    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")
    assert f'scope="{READ} {PUBLIC}"' in answer["WWW-Authenticate"]
    metadata = "https://testserver/.well-known/oauth-protected-resource/mcp"
    assert f'resource_metadata="{metadata}"' in answer["WWW-Authenticate"]


@pytest.mark.rfc("6750", "3.1")
@pytest.mark.parametrize("version", [MODERN, BEFORE])
@pytest.mark.parametrize(("tool", "needed"), [("rate_picture", RATINGS), ("tag_picture", KEYWORDS)])
def test_a_tool_beyond_the_token_names_all_that_it_needs_and_is_not_run(
    tool, needed, version, account, image
):
    arguments = {"uuid": str(image.uuid), "rating": 5, "keyword": "x"}

    answer = call(token_for(account, READ), tool, arguments, version=version)

    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    assert f'scope="{" ".join(sorted([READ, needed]))}"' in answer["WWW-Authenticate"]
    image.refresh_from_db()
    assert image.rating == 0


@pytest.mark.parametrize("version", [MODERN, BEFORE])
def test_all_tools_are_listed_also_those_that_the_token_does_not_open(version, account):
    listed = result(send(token_for(account, READ), "tools/list", version=version))["tools"]

    assert [one["name"] for one in listed] == [
        "search_pictures",
        "search_public_pictures",
        "read_picture",
        "rate_picture",
        "tag_picture",
    ]


def test_each_tool_does_what_it_says(token, image):
    found = result(call(token, "search_pictures", {"keyword": "SEA", "rating": 0}))
    rated = result(call(token, "rate_picture", {"uuid": str(image.uuid), "rating": 5}))
    tagged = result(call(token, "tag_picture", {"uuid": str(image.uuid), "keyword": " blue  sky "}))
    read = result(call(token, "read_picture", {"uuid": str(image.uuid)}))

    assert [one["uuid"] for one in found["structuredContent"]["pictures"]] == [str(image.uuid)]
    assert rated["structuredContent"]["rating"] == read["structuredContent"]["rating"] == 5
    names = [one["name"] for one in tagged["structuredContent"]["keywords"]]
    assert names == ["blue sky", "sea"]


def test_pictures_of_other_accounts_do_not_exist(token, image):
    other = ImageFactory(account=AccountFactory(), keywords=["sea"])

    assert len(result(call(token, "search_pictures", {}))["structuredContent"]["pictures"]) == 1
    for tool in ("read_picture", "rate_picture", "tag_picture"):
        for uuid in (other.uuid, uuid4()):
            arguments = {"uuid": str(uuid)}
            arguments |= {"rate_picture": {"rating": 1}, "tag_picture": {"keyword": "x"}}.get(tool, {})
            answer = result(call(token, tool, arguments))
            assert answer["isError"]
            assert answer["content"][0]["text"] == "There is no such picture in this account."


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("search_pictures", {"keyword": ""}),
        ("search_pictures", {"keyword": "x" * 101}),
        ("search_pictures", {"keyword": "a\u0000b"}),
        ("search_pictures", {"rating": 6}),
        ("search_pictures", {"limit": 51}),
        ("search_pictures", {"limit": 0}),
        ("search_pictures", {"sort": "rating"}),
        ("search_public_pictures", {"limit": 51}),
        ("read_picture", {}),
        ("read_picture", {"uuid": "not one"}),
        ("rate_picture", {"uuid": "{uuid}", "rating": -1}),
        ("rate_picture", {"uuid": "{uuid}", "rating": "5"}),
        ("rate_picture", {"uuid": "{uuid}"}),
        ("tag_picture", {"uuid": "{uuid}", "keyword": "   "}),
        ("tag_picture", {"uuid": "{uuid}", "keyword": "a\u0000b"}),
    ],
    ids=str,
)
def test_arguments_that_cannot_stand_are_an_error_of_the_tool(tool, arguments, token, image):
    filled = {name: str(image.uuid) if value == "{uuid}" else value for name, value in arguments.items()}

    answer = result(call(token, tool, filled))

    assert answer["isError"]
    assert "unexpectedly" not in answer["content"][0]["text"]


def test_a_picture_has_only_so_many_keywords(token, account):
    image = ImageFactory(account=account, keywords=[f"k{number}" for number in range(MOST_KEYWORDS)])

    answer = result(call(token, "tag_picture", {"uuid": str(image.uuid), "keyword": "one more"}))

    assert answer["isError"]
    assert image.keywords.count() == MOST_KEYWORDS


def test_a_role_that_does_not_allow_a_tool_is_said_and_no_other_token_would_help(account, image):
    answer = call(token_for(account, READ), "rate_picture", {"uuid": str(image.uuid), "rating": 1})

    assert answer.status_code == 403


def test_a_program_that_acts_for_itself_finds_public_pictures_and_opens_no_library(image):
    live = ImageFactory(account=AccountFactory(name="Harbour"), title="Pier")
    ImageSetFactory(account=live.account, members=[live], go_live_at=timezone.now())
    token = token_without_account(PUBLIC)

    found = result(call(token, "search_public_pictures", {}))["structuredContent"]["pictures"]

    assert [(one["title"], one["account"]["name"]) for one in found] == [("Pier", "Harbour")]
    assert "rating" not in found[0]
    assert call(token, "search_pictures", {}).status_code == 403
    assert call(token_without_account("read"), "search_public_pictures", {}).status_code == 403


BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"tools/call"',
    b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": []}',
    b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": ["rate_picture"]}}',
    b"[" * 30_000,
    b"\xff\xfe",
]


@pytest.mark.parametrize("version", [MODERN, BEFORE])
@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body[:40]))
def test_whatever_else_is_sent_is_refused_by_the_protocol(body, version, token):
    answer = post(token, body, **{"MCP-Protocol-Version": version})

    assert answer.status_code in (200, 400), answer.content
    assert "error" in answer.json()


def test_a_message_with_two_names_gets_no_further_than_the_scopes_of_both(account, image):
    wanted = {"name": "rate_picture", "arguments": {"uuid": str(image.uuid), "rating": 5}}
    params = f'"params": {json.dumps(wanted)}'
    other = '"params": {"name": "search_pictures"}'
    for pair in (f"{params}, {other}", f"{other}, {params}"):
        body = f'{{"jsonrpc": "2.0", "id": 1, "method": "tools/call", {pair}}}'
        post(token_for(account, READ), body, **{"MCP-Protocol-Version": BEFORE})

    assert Image.objects.get().rating == 0


def test_another_site_in_a_browser_is_refused_and_so_is_another_method(token):
    assert send(token, "tools/list", Origin="https://evil.example").status_code == 403
    for method in ("get", "delete", "put"):
        answer = getattr(Client(headers={"Authorization": f"Bearer {token}"}), method)("/mcp")
        assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_a_token_of_a_person_without_the_scope_and_one_that_ended_are_refused(account):
    assert call(bearer(scopes=["read"]), "search_pictures", {}).status_code == 403
    answer = send("ref_api_access_nonsense", "tools/list")
    assert f'scope="{READ} {PUBLIC}"' in answer["WWW-Authenticate"]
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_a_call_verifies_its_token_once(token, image):
    with statements() as run:
        call(token, "rate_picture", {"uuid": str(image.uuid), "rating": 2})

    assert len([one for one in run if "oauthcore_token" in one]) == 1, run


def test_its_route_is_the_resource_that_the_site_declares(settings):
    assert reverse("mcp") == "/mcp"
    assert "https://testserver/mcp" in settings.OAUTHCORE["RESOURCES"]
