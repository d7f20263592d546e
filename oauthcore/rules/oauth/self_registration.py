"""The host that a self-registered application belongs to: the one fact that it cannot invent."""

from __future__ import annotations

from collections.abc import Iterable

from oauthcore.rules.oauth.redirect_uris import host_of, is_impersonable
from oauthcore.rules.wire.https_urls import HttpsURL


def is_document(client_id: str) -> bool:
    """Return whether a client ID is the URL of a document that describes its client."""
    return client_id.startswith("https://")


def described_host(client_id: str, *, is_self_registered: bool) -> str:
    """Return the host of a client that only its document describes, or an empty text for all others."""
    return origin_of(client_id, ()) if is_self_registered and is_document(client_id) else ""


def origin_of(client_id: str, redirect_uris: Iterable[str]) -> str:
    """Return the host that an application belongs to, or an empty text if none is known.

    It is the host of its document or, without a document, of its first redirect URI on the web. A private-use
    scheme proves nothing.
    """
    if is_document(client_id):
        try:
            return HttpsURL.parse(client_id).shown_host
        except ValueError:
            return ""
    return next((host_of(uri) for uri in redirect_uris if not is_impersonable(uri)), "")
