"""The client of the MCP SDK, without a person: ``private_key_jwt``, and a company that manages access."""

from __future__ import annotations

from uuid import uuid4

import anyio
import httpx2
import pytest
from mcp.client.auth.extensions.client_credentials import PrivateKeyJWTOAuthProvider, SignedJWTParameters
from mcp.client.auth.extensions.identity_assertion import IdentityAssertionOAuthProvider

from tests.support.enterprise import assertion, managed_application, trusted
from tests.support.factories import UserFactory
from tests.support.jose import new_key, with_keys

PATH = "/v1/me"


class Storage:
    """Where the SDK keeps what it gets."""

    def __init__(self):
        self.tokens = self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client_info):
        self.client = client_info


@pytest.fixture
def resource(site, settings):
    """The address of a protected resource of the site, which is all that a client is told."""
    address = f"{site}{PATH}"
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "RESOURCES": {address: {"name": "Who I am", "scopes": ["read"]}},
        "PRIVATE_KEY_JWT": True,
        "ENTERPRISE_MANAGED_AUTHORIZATION": True,
    }
    return address


def get(url, provider):
    async def ask():
        async with httpx2.AsyncClient(auth=provider, timeout=20) as client:
            return await client.get(url)

    return anyio.run(ask)


@pytest.mark.rfc("7523", "2.2")
@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_it_signs_that_it_is_the_application(site, resource, algorithm):
    key = new_key(algorithm)
    one = with_keys(key)
    signs = SignedJWTParameters(
        issuer=one.client_id,
        subject=one.client_id,
        signing_key=key.as_pem(private=True).decode(),
        signing_algorithm=algorithm,
    )
    provider = PrivateKeyJWTOAuthProvider(
        resource, Storage(), one.client_id, signs.create_assertion_provider(), scope="read", issuer=site
    )

    answers = [get(resource, provider) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json()["kind"] == "oauth_token"


@pytest.mark.rfc("draft-ietf-oauth-identity-assertion-authz-grant", "4.4")
def test_it_hands_on_what_the_identity_provider_of_the_company_says(site, resource):
    user, key = UserFactory(), new_key("RS256")
    trusted(user, key=key)
    agent = managed_application().registered

    async def said(audience, about):
        return assertion(
            agent.client_id,
            key,
            header={"alg": "RS256"},
            aud=audience,
            resource=about,
            scope="read",
            jti=uuid4().hex,
        )

    provider = IdentityAssertionOAuthProvider(
        resource, Storage(), agent.client_id, agent.client_secret, site, said, scope="read"
    )

    answer = get(resource, provider)

    assert (answer.status_code, answer.json()["user"]["username"]) == (200, user.get_username())
