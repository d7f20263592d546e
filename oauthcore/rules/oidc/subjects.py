"""Pairwise subjects: applications of two sectors cannot find out that a person is the same (Core §8.1)."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from uuid import UUID

from oauthcore.rules.oauth.redirect_uris import host_of, is_impersonable


def sector_of(client_id: str, sector_identifier_uri: str, redirect_uris: Sequence[str]) -> str:
    """Return the sector of an application (OpenID Connect Core §8.1).

    It is the host of its ``sector_identifier_uri`` or, without one, of all its redirect URIs. An application
    whose redirect URIs have several hosts, or none on the web, is a sector of its own: hosts such as
    ``localhost`` are shared by applications that have nothing to do with each other.
    """
    if sector_identifier_uri:
        return host_of(sector_identifier_uri).lower()
    hosts = {"" if is_impersonable(uri) else host_of(uri).lower() for uri in redirect_uris}
    return hosts.pop() if len(hosts) == 1 and hosts != {""} else client_id


def pairwise(salt: str, sector: str, user: str) -> UUID:
    """Return the subject of a user for a sector. Without the salt nobody can compute or compare it."""
    digest = hmac.digest(salt.encode(), f"{sector}\0{user}".encode(), "sha256")
    return UUID(bytes=digest[:16])
