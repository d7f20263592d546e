"""Client ID Metadata Documents: the client ID is a URL, and the document at that URL describes the client.

The specification is draft-ietf-oauth-client-id-metadata-document. Nobody has registered such a client, and it
shares no secret with the site: it is public, or it signs with a key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from oauthcore.rules.errors.oauth import InvalidScope
from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.jose.public_keys import PublicKey
from oauthcore.rules.oauth import client_keys, redirect_uris, scopes
from oauthcore.rules.oauth.client_keys import PRIVATE_KEY_JWT
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oidc.client_members import NOTHING_SAID, OpenIDMembers
from oauthcore.rules.text.names import is_plain
from oauthcore.rules.wire.https_urls import HttpsURL

_LONGEST_NAME = 100
_NONE = "none"
#: Members that only a client with a secret has (RFC 7591 §3.2.1).
_SECRETS = ("client_secret", "client_secret_expires_at")


class UnusableDocument(Exception):
    """The site cannot serve the client that a document describes; the text tells its developer why."""


@dataclass(frozen=True)
class DescribedClient:
    """A client as its document describes it. ``scopes`` is None if the document names no scope.

    If it ``signs``, it authenticates with its ``keys`` or with the keys at ``jwks_uri``.
    """

    url: HttpsURL
    redirect_uris: tuple[str, ...]
    name: str
    grant_types: frozenset[str]
    scopes: Scopes | None
    signs: bool
    keys: tuple[PublicKey, ...] = ()
    jwks_uri: str = ""
    #: Whether its tokens are always bound to a key (RFC 9449 §5.2).
    dpop_bound_access_tokens: bool = False
    openid: OpenIDMembers = NOTHING_SAID


def parse(document: object, url: HttpsURL, *, schemes: Collection[str] = ()) -> DescribedClient:
    """Return the client that the document at a URL describes; raise UnusableDocument.

    Unknown members are ignored. A document is written for many sites, so a redirect URI is left out if its
    private-use scheme is not in ``schemes``.
    """
    if not isinstance(document, Mapping):
        raise UnusableDocument("The document is not a JSON object.")
    if document.get("client_id") != url.text:
        raise UnusableDocument("The client_id of the document is not its own URL, byte for byte.")
    if any(name in document for name in _SECRETS):
        raise UnusableDocument("The document has a client secret. Everybody can read it.")
    signs = _signs(document)
    try:
        given = client_keys.parse(document, signs=signs)
    except InvalidKey as problem:
        raise UnusableDocument(str(problem)) from None
    return DescribedClient(
        url=url,
        redirect_uris=_redirect_uris(document, schemes),
        name=_name(document),
        grant_types=frozenset(_texts(document, "grant_types", ["authorization_code"])),
        scopes=_scopes(document),
        signs=signs,
        keys=given.keys,
        jwks_uri=given.jwks_uri,
        dpop_bound_access_tokens=document.get("dpop_bound_access_tokens") is True,
        openid=_openid(document),
    )


def _openid(document: Mapping[str, Any]) -> OpenIDMembers:
    """Return the members about OpenID Connect. The sector is that of the redirect URIs."""
    try:
        return replace(OpenIDMembers.parse(document), sector_identifier_uri="")
    except ValueError as problem:
        raise UnusableDocument(f"The document cannot be used. {problem}") from None


def _signs(document: Mapping[str, Any]) -> bool:
    method = document.get("token_endpoint_auth_method", _NONE)
    if method not in (_NONE, PRIVATE_KEY_JWT):
        raise UnusableDocument("The token_endpoint_auth_method is none or private_key_jwt, never a secret.")
    return bool(method == PRIVATE_KEY_JWT)


def _redirect_uris(document: Mapping[str, Any], schemes: Collection[str]) -> tuple[str, ...]:
    uris = tuple(dict.fromkeys(_texts(document, "redirect_uris", None)))
    if not 0 < len(uris) <= redirect_uris.MOST:
        raise UnusableDocument(f"The document has 1 to {redirect_uris.MOST} redirect_uris.")
    for uri in uris:
        own_scheme = redirect_uris.private_use_scheme(uri)
        problem = redirect_uris.problem_with(
            uri, schemes=[own_scheme] if redirect_uris.is_scheme(own_scheme) else []
        )
        if problem is not None:
            raise UnusableDocument(f"One of the redirect_uris cannot be used. {problem}")
    usable = tuple(uri for uri in uris if redirect_uris.problem_with(uri, schemes=schemes) is None)
    if not usable:
        raise UnusableDocument("This site does not list the schemes of the redirect_uris.")
    return usable


def _name(document: Mapping[str, Any]) -> str:
    """Return the name of the client; a name that is not plain (``names.is_plain``) counts as none."""
    name = document.get("client_name")
    is_usable = isinstance(name, str) and len(name) <= _LONGEST_NAME and is_plain(name)
    return str(name).strip() if is_usable else ""


def _scopes(document: Mapping[str, Any]) -> Scopes | None:
    scope = document.get("scope")
    if scope is None:
        return None
    try:
        return scopes.parse(scope if isinstance(scope, str) else '"')
    except InvalidScope:
        raise UnusableDocument("The scope is a text of scopes with spaces between them.") from None


def _texts(document: Mapping[str, Any], name: str, default: list[str] | None) -> list[str]:
    value = document.get(name, default)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise UnusableDocument(f"The document has {name} as a list of texts.")
    return value
