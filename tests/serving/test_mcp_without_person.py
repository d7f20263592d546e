"""The official SDK at ``/mcp`` without a person: a program that signs, and a trusted identity provider."""

from __future__ import annotations

import json
import time
from uuid import uuid4

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.client.auth.extensions.client_credentials import PrivateKeyJWTOAuthProvider, SignedJWTParameters
from mcp.client.auth.extensions.identity_assertion import IdentityAssertionOAuthProvider
from mcp.client.streamable_http import streamable_http_client

from tests.support.clients.ai_tool import Memory
from tests.support.enterprise import IDENTITY_PROVIDER, NAME
from tests.support.jose import key_set, new_key, signed
from tests.support.serving import served

READ, RATE, PUBLIC = "api.images.read", "api.ratings.write", "api.public.read"
TRUST = """
from django.contrib.auth.models import User
from oauthcore.models import IssuerSubject, TrustedIssuer
issuer = TrustedIssuer.objects.create(issuer={issuer!r}, name="Acme", jwks={keys!r})
IssuerSubject.objects.create(issuer=issuer, subject="ben@acme", user=User.objects.get(username="ben"))
"""


def registered(site, *options):
    """Let staff register an application that may read, rate and see public pictures."""
    scopes = [f"--scope={one}" for one in (READ, RATE, PUBLIC)]
    arguments = ["create_application", "Night Watch", *scopes, *options, "--json"]
    return json.loads(served.manage(site.place, *arguments, issuer=site.url))


def call(url, provider, *calls):
    """Connect with nothing but an address and a provider, list the tools and call some."""

    async def go():
        async with (
            httpx2.AsyncClient(auth=provider, timeout=60) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            listed = {one.name for one in (await client.list_tools()).tools}
            return listed, [await client.call_tool(*one) for one in calls]

    return anyio.run(go)


@pytest.mark.rfc("7523", "2.2")
@pytest.mark.rfc("6749", "3.3")
@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_a_program_that_signs_sees_public_pictures_and_no_library(site, tmp_path, algorithm):
    key, file = new_key(algorithm), tmp_path / "keys.json"
    file.write_text(key_set(key))
    client_id = registered(site, f"--jwks={file}")["client_id"]
    signs = SignedJWTParameters(
        issuer=client_id,
        subject=client_id,
        signing_key=key.as_pem(private=True).decode(),
        signing_algorithm=algorithm,
    )
    memory = Memory()
    provider = PrivateKeyJWTOAuthProvider(
        f"{site.url}/mcp", memory, client_id, signs.create_assertion_provider(), issuer=site.url
    )

    listed, (public,) = call(f"{site.url}/mcp", provider, ("search_public_pictures", {"limit": 2}))

    assert {"search_pictures", "search_public_pictures", "rate_picture"} <= listed
    assert len(public.structured_content["pictures"]) == 2
    assert memory.tokens.scope == PUBLIC


@pytest.mark.rfc("draft-ietf-oauth-identity-assertion-authz-grant", "4.4")
def test_a_tool_acts_for_a_person_whom_a_trusted_issuer_names_and_steps_up(site):
    key = new_key("RS256")
    issuer = f"{IDENTITY_PROVIDER}/{uuid4().hex}"
    trust = TRUST.format(issuer=issuer, keys=key_set(key))
    served.manage(site.place, "shell", "--no-imports", "-c", trust, issuer=site.url)
    agent = registered(site, f"--grant-type={NAME}")
    memory = Memory()

    async def say(audience, resource):
        now = int(time.time())
        claims = {"iss": issuer, "sub": "ben@acme", "aud": audience, "client_id": agent["client_id"]}
        claims |= {"resource": resource, "scope": f"{READ} {RATE}", "jti": uuid4().hex}
        return signed(
            claims | {"iat": now, "exp": now + 300}, key, header={"alg": "RS256", "typ": "oauth-id-jag+jwt"}
        )

    provider = IdentityAssertionOAuthProvider(
        f"{site.url}/mcp", memory, agent["client_id"], agent["client_secret"], site.url, say, scope=READ
    )
    _, (found,) = call(f"{site.url}/mcp", provider, ("search_pictures", {"limit": 1}))
    assert memory.tokens.scope == READ
    uuid = found.structured_content["pictures"][0]["uuid"]

    _, (rated,) = call(f"{site.url}/mcp", provider, ("rate_picture", {"uuid": uuid, "rating": 3}))

    assert rated.structured_content == {"uuid": uuid, "rating": 3}
    assert set(memory.tokens.scope.split()) == {READ, RATE}
