"""The official SDK of the Model Context Protocol as an AI tool uses it: it knows only an address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio.to_thread
import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthToken,
)
from pydantic import AnyUrl

from tests.support.clients.person import Person

CALLBACK = "http://127.0.0.1:3118/callback"


@dataclass
class Memory:
    """Where the tool keeps what it got; ``client`` is there from the start if it was registered by hand."""

    client: OAuthClientInformationFull | None = None
    tokens: OAuthToken | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


@dataclass
class AITool:
    """A tool and the person who uses it; ``asked`` is each scope that the person was sent to the site for."""

    server_url: str
    person: Person
    memory: Memory = field(default_factory=Memory)
    callback: str = CALLBACK
    metadata_url: str | None = None
    asked: list[str] = field(default_factory=list)
    _answered: str = ""

    @asynccontextmanager
    async def connected(self, mode: Any = "auto") -> AsyncIterator[Client]:
        """Connect as the SDK does, with all that it finds out and all that it asks for on the way."""
        metadata = OAuthClientMetadata(
            redirect_uris=[AnyUrl(self.callback)],
            client_name="Lightroom Helper",
            token_endpoint_auth_method="none",
        )
        provider = OAuthClientProvider(
            self.server_url,
            metadata,
            self.memory,
            redirect_handler=self._send_to_the_site,
            callback_handler=self._come_back,
            client_metadata_url=self.metadata_url,
        )
        async with httpx2.AsyncClient(auth=provider, timeout=60) as http:
            transport = streamable_http_client(self.server_url, http_client=http)
            async with Client(transport, mode=mode) as client:
                yield client

    async def _send_to_the_site(self, url: str) -> None:
        self.asked.append(parse_qs(urlsplit(url).query)["scope"][0])
        self._answered = await anyio.to_thread.run_sync(self.person.allow, url)

    async def _come_back(self) -> AuthorizationCodeResult:
        assert self._answered.startswith(self.callback), self._answered
        answer = {name: values[0] for name, values in parse_qs(urlsplit(self._answered).query).items()}
        return AuthorizationCodeResult(code=answer["code"], state=answer.get("state"), iss=answer.get("iss"))
