"""Sectors: a document must list the redirect URIs of an application with pairwise subjects.

Otherwise anybody could name the sector of another application, and would get the same subjects.
"""

from __future__ import annotations

from collections.abc import Collection

from oauthcore.flows.oauth.counted_fetches import count_fetch
from oauthcore.outgoing.documents import fetch
from oauthcore.outgoing.names import NotFetched
from oauthcore.rules.oidc.client_members import problem_with_sector
from oauthcore.rules.text.sentences import Sentence
from oauthcore.rules.wire.https_urls import HttpsURL


def problem_with_sector_of(sector_identifier_uri: str, redirect_uris: Collection[str]) -> str:
    """Return why an application may not have its sector, or an empty text (OpenID Connect Registration §5).

    The subject type does not matter: staff can change it later, and trust that the sector was checked. It
    fetches the document, which may block for seconds. Never call it in a transaction. Raises Throttled.
    """
    if not sector_identifier_uri:
        return ""
    count_fetch()
    try:
        document = fetch(HttpsURL.parse(sector_identifier_uri), is_strangers=True)
    except (ValueError, NotFetched) as problem:
        return Sentence("The sector_identifier_uri cannot be read. %(problem)s", problem=problem)
    return problem_with_sector(document.content, redirect_uris) or ""
