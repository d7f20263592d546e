"""Registering the small sites at the site under test."""

from __future__ import annotations

from oauthcore.rules.tokens.secrets import digest_of
from tests.support.factories import register
from tests.support.relying_parties import CLIENT_SECRET

OPENID = ["openid", "profile", "email"]


def register_site(client_id: str, url: str, *, callback: str, after_logout: str, name: str = "") -> None:
    """Register a site that signs people in, and wants to be told when they log out."""
    registered = register(
        client_id=client_id,
        name=name or client_id,
        scopes=OPENID,
        default_scopes=[],
        redirect_uris=[f"{url}/{callback}"],
        post_logout_redirect_uris=[f"{url}/{after_logout}"],
        backchannel_logout_uri=f"{url}/backchannel-logout",
        backchannel_logout_session_required=True,
    )
    registered.application.client_secrets.update(digest=digest_of(CLIENT_SECRET))
