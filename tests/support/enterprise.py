"""A company's identity provider: it says for which of its people an application may act (ID-JAG)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from oauthcore import conf
from oauthcore.models import IssuerSubject, TrustedIssuer
from tests.support.factories import register
from tests.support.jose import a_key, key_set, signed
from tests.support.oauth import OAuthClient

NAME = "urn:ietf:params:oauth:grant-type:jwt-bearer"
IDENTITY_PROVIDER = "https://login.acme.example"
MCP = "https://testserver/mcp"
SCOPES = ["read", "api.images.read", "api.download"]


def trusted(user: Any = None, *, key: Any = None, subject: str = "ada@acme", **values: Any) -> TrustedIssuer:
    """Have staff trust the issuer, and know one of its people."""
    values = {"issuer": IDENTITY_PROVIDER, "name": "Acme", "jwks": key_set(key or a_key()), **values}
    issuer = TrustedIssuer.objects.create(**values)
    if user is not None:
        IssuerSubject.objects.create(issuer=issuer, subject=subject, user=user)
    return issuer


def managed_application(**values: Any) -> OAuthClient:
    """Register an application to which staff gave the grant type."""
    return OAuthClient(
        register(name="Agent", **{"grant_types": [NAME], "redirect_uris": [], "scopes": SCOPES, **values})
    )


def assertion(caller: str, key: Any = None, *, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
    """Return an ID-JAG for an application; a claim of None is left out."""
    now = int(time.time())
    members = {
        "iss": IDENTITY_PROVIDER,
        "sub": "ada@acme",
        "aud": conf.issuer(),
        "client_id": caller,
        "resource": MCP,
        "scope": "api.images.read",
        "jti": uuid4().hex,
        "iat": now,
        "exp": now + 300,
        **claims,
    }
    said = {name: value for name, value in members.items() if value is not None}
    return signed(said, key, header={"typ": "oauth-id-jag+jwt", **(header or {})})


def ask(
    agent: OAuthClient,
    key: Any = None,
    *,
    header: Mapping[str, Any] | None = None,
    sent: Mapping[str, Any] | None = None,
    **claims: Any,
) -> Any:
    """Ask for a token with an assertion; ``sent`` are parameters beside it."""
    text = assertion(agent.registered.client_id, key, header=header, **claims)
    return agent.token(**{"grant_type": NAME, "assertion": text, **(sent or {})})


def refuse(agent: OAuthClient, key: Any = None, *, error: str = "invalid_grant", **how: Any) -> Any:
    """Ask for a token, and get none."""
    response = ask(agent, key, **how)
    assert (response.status_code, response.json()["error"]) == (400, error), response.content
    return response
