"""Token exchange (RFC 8693): a resource server that trades the tokens it is shown."""

from __future__ import annotations

from typing import Any

from tests.support.factories import register
from tests.support.oauth import OAuthClient

NAME = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
MCP = "https://testserver/mcp"
ISSUER = "https://testserver"
SCOPES = ["read", "api.images.read", "api.download"]


def resource_server() -> OAuthClient:
    """Register a resource server to which staff gave the grant type."""
    return OAuthClient(register(name="Gateway", grant_types=[NAME], redirect_uris=[], scopes=SCOPES))


def exchange(gateway: OAuthClient, shown: Any, **changes: Any) -> Any:
    """Show a token, and ask for one for the MCP server."""
    parameters = {
        "grant_type": NAME,
        "subject_token": shown,
        "subject_token_type": ACCESS_TOKEN,
        "resource": MCP,
        **changes,
    }
    return gateway.token(**parameters)


def refuse(gateway: OAuthClient, shown: Any, error: str = "invalid_request", **changes: Any) -> Any:
    """Show a token, and get none."""
    response = exchange(gateway, shown, **changes)
    assert (response.status_code, response.json()["error"]) == (400, error), response.content
    return response
