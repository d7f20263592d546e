"""The official SDK of the Model Context Protocol connects to ``/mcp`` from nothing but its address.

Under WSGI and under ASGI: the site runs behind each server program.
"""

from __future__ import annotations

import anyio
import pytest
import requests
from mcp.shared.auth import OAuthClientInformationFull
from pydantic import AnyUrl

from tests.support.clients.ai_tool import CALLBACK, AITool, Memory
from tests.support.clients.person import Person
from tests.support.document_server import DocumentServer
from tests.support.serving import served
from tests.support.serving.served import Place

RATE, TAG = "api.ratings.write", "api.keywords.write"
#: The scopes that it asks for first, and all of them in the end.
FIRST = {"api.images.read", "api.public.read"}
ALL = {*FIRST, RATE, TAG}


def asked_of(tool):
    """What the person was asked for each time; the SDK adds ``offline_access`` where the site has it."""
    return [set(one.split()) - {"offline_access"} for one in tool.asked]


def pictures_in(result):
    assert not result.is_error, result
    return result.structured_content["pictures"]


async def use_every_tool(tool, mode="auto"):
    """Go the way of an AI tool that finds a picture, rates it and tags it."""
    async with tool.connected(mode) as client:
        listed = await client.list_tools()
        assert {one.name for one in listed.tools} == {
            "search_pictures",
            "search_public_pictures",
            "read_picture",
            "rate_picture",
            "tag_picture",
        }
        picture = pictures_in(await client.call_tool("search_pictures", {"limit": 1}))[0]
        assert asked_of(tool) == [FIRST]
        public = pictures_in(await client.call_tool("search_public_pictures", {"limit": 1}))
        assert public[0]["account"]["name"]
        rated = await client.call_tool("rate_picture", {"uuid": picture["uuid"], "rating": 4})
        assert rated.structured_content == {"uuid": picture["uuid"], "rating": 4}
        tagged = await client.call_tool("tag_picture", {"uuid": picture["uuid"], "keyword": "Seen by AI"})
        assert "Seen by AI" in [one["name"] for one in tagged.structured_content["keywords"]]
        read = await client.call_tool("read_picture", {"uuid": picture["uuid"]})
        assert read.structured_content["rating"] == 4
    return client


@pytest.mark.rfc("7591", "3")
@pytest.mark.rfc("9728", "5.1")
@pytest.mark.rfc("6750", "3.1")
def test_it_registers_itself_lists_and_calls_tools_and_asks_for_another_scope_when_it_needs_one(site, person):
    tool = AITool(f"{site.url}/mcp", person)

    anyio.run(use_every_tool, tool)

    assert asked_of(tool) == [FIRST, {*FIRST, RATE}, ALL]
    assert tool.memory.client.token_endpoint_auth_method == "none"
    assert set(tool.memory.tokens.scope.split()) == ALL


def test_a_client_of_the_revision_before_does_the_same(site, person):
    tool = AITool(f"{site.url}/mcp", person)

    anyio.run(use_every_tool, tool, "legacy")

    assert len(tool.asked) == 3


def test_one_that_was_registered_by_hand_does_the_same(site, person):
    known = OAuthClientInformationFull(
        client_id=site.application["client_id"],
        client_secret=site.application["client_secret"],
        redirect_uris=[AnyUrl(site.application["redirect_uris"][0])],
        token_endpoint_auth_method="client_secret_basic",
    )
    tool = AITool(f"{site.url}/mcp", person, Memory(known), callback=site.application["redirect_uris"][0])

    anyio.run(use_every_tool, tool)

    assert tool.memory.client.client_id == site.application["client_id"]
    assert asked_of(tool) == [FIRST, {*FIRST, RATE}, ALL]


@pytest.fixture
def documents(tmp_path):
    server = DocumentServer(tmp_path, "localhost")
    yield server
    server.stop()


@pytest.fixture(params=list(served.COMMANDS))
def reading_site(request, original, tmp_path_factory, documents):
    """A site that reads documents from this machine and trusts the authority of the test."""
    place = Place.new(tmp_path_factory.mktemp("reading"), copy_of=original[0])
    running = served.start(request.param, place, original[1], DEBUG="1", SSL_CERT_FILE=str(documents.ca_file))
    yield running
    running.server.stop()
    place.leave()


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "5")
def test_one_that_is_known_by_its_document_does_the_same(reading_site, documents):
    client_id = documents.url("/lightroom-helper", host="localhost")
    members = {
        "client_id": client_id,
        "client_name": "Lightroom Helper",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none",
    }
    documents.put(members, path="/lightroom-helper")
    ada = reading_site.demo["users"][0]
    tool = AITool(f"{reading_site.url}/mcp", Person(ada["username"], ada["password"]), metadata_url=client_id)

    anyio.run(use_every_tool, tool)
    tool.person.leave()

    assert tool.memory.client.client_id == client_id
    assert asked_of(tool) == [FIRST, {*FIRST, RATE}, ALL]


def test_its_token_opens_nothing_but_the_server_that_it_was_asked_for(site, person):
    tool = AITool(f"{site.url}/mcp", person)
    anyio.run(use_every_tool, tool)

    answer = requests.get(
        f"{site.url}/v1/images",
        headers={"Authorization": f"Bearer {tool.memory.tokens.access_token}"},
        timeout=60,
    )

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
