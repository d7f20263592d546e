"""The shop's client for its OpenID provider, Lumen. The shop knows only the issuer."""

from __future__ import annotations

from functools import lru_cache

from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from django.conf import settings

SCOPE = "openid profile email"
_SECONDS = 10


class NotSetUp(Exception):
    """The shop has no secret yet; ``demo_data`` puts one into its folder."""


def provider() -> DjangoOAuth2App:
    """Return the client of the provider. It reads the discovery document at its first use.

    The secret is read anew each time, because each run of ``demo_data`` makes a new one.
    """
    try:
        secret = settings.CLIENT_SECRET_FILE.read_text().strip()
    except FileNotFoundError as missing:
        raise NotSetUp from missing
    return _client(settings.ISSUER, settings.CLIENT_ID, secret)


@lru_cache(maxsize=1)
def _client(issuer: str, client_id: str, secret: str) -> DjangoOAuth2App:
    return OAuth().register(
        "lumen",
        client_id=client_id,
        client_secret=secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": SCOPE,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic",
            "default_timeout": _SECONDS,
        },
    )
