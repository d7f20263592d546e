"""Where an application comes from that registered itself: the one thing about it that it cannot make up."""

from __future__ import annotations

from collections.abc import Iterable

from oauthcore.rules.oauth.redirect_uris import host_of, is_impersonable
from oauthcore.rules.wire.https_urls import HttpsURL


def is_document(client_id: str) -> bool:
    """Return whether a client ID is the URL of a document that describes its client."""
    return client_id.startswith("https://")


def described_host(client_id: str, *, is_self_registered: bool) -> str:
    """Return the host that is all that is known of a client which nobody registered; empty for all others."""
    return origin_of(client_id, ()) if is_self_registered and is_document(client_id) else ""


def origin_of(client_id: str, redirect_uris: Iterable[str]) -> str:
    """Return the host that an application belongs to, or an empty text where none is known.

    That is the host of its document. Of another one it is the first host on the web that gets its codes; what
    an app on a device is called proves nothing.
    """
    if is_document(client_id):
        try:
            return HttpsURL.parse(client_id).shown_host
        except ValueError:
            return ""
    return next((host_of(uri) for uri in redirect_uris if not is_impersonable(uri)), "")
