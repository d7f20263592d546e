"""Applications of django-oauth-toolkit, read as values of ours. What has no place here is noted in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from oauthcore.rules.imports.sources import of_text
from oauthcore.rules.imports.values import Damaged
from oauthcore.rules.oauth import redirect_uris
from oauthcore.rules.oauth.client_credentials import problem_with_client_id
from oauthcore.rules.oauth.redirect_uris import problem_with
from oauthcore.rules.text.names import is_plain

#: Theirs → ours. The names are those of RFC 6749 and RFC 8628.
GRANT_TYPES: Mapping[str, tuple[str, ...]] = {
    "authorization-code": ("authorization_code", "refresh_token"),
    "openid-hybrid": ("authorization_code", "refresh_token"),
    "implicit": ("implicit",),
    "client-credentials": ("client_credentials",),
    "password": ("refresh_token",),
    "urn:ietf:params:oauth:grant-type:device_code": (
        "urn:ietf:params:oauth:grant-type:device_code",
        "refresh_token",
    ),
}
CLIENT_TYPES = ("confidential", "public")
_LONGEST_NAME = 100

DESCRIBED = "a document describes the client, and is read again when it comes"
NO_PASSWORDS = "the password grant is not taken: people approve the application from now on"
ONLY_CODES = "of the hybrid flow, only authorization codes are taken"
NO_SECRET_FOR_ITSELF = "a public application cannot act for itself"
PKCE_IS_OPTIONAL = "PKCE was optional: it is an OAuth 2.0 application with the switch optional_pkce"
IS_LEGACY = "OAuth 2.1 refuses its redirect URIs or its grant type: it is an OAuth 2.0 application"
ODD_NAME = "its name has characters that control how text is shown: it is called by its client ID"
NO_URI = "no redirect URI is left: people cannot be sent to it until it has one"
NO_HS256 = "id tokens are signed with RS256, and were signed with HS256"
OTHER_ORIGINS = "pages of its origins may not call the endpoints: CORS_ALLOWED_ORIGINS does not name them"
NO_OPENID = "it signs people in, and OPENID_CONNECT is off"


@dataclass(frozen=True)
class Site:
    """The parts of both packages' settings that decide what an application becomes."""

    schemes: Collection[str] = ()
    #: The scopes that both sites have, and those that an application gets when it asks for none.
    scopes: frozenset[str] = frozenset()
    default_scopes: frozenset[str] = frozenset()
    pkce_is_required: bool = True
    origins: Collection[str] = ()
    has_openid: bool = False


@dataclass
class ReadApplication:
    """An application as columns of ours, without its secret; ``notes`` say what was not taken."""

    values: dict[str, Any]
    notes: list[str] = field(default_factory=list)


def damage_in(row: Mapping[str, Any]) -> str | None:
    """Return why a row cannot be an application of django-oauth-toolkit, or None."""
    if not row["client_id"]:
        return "it has no client_id"
    if row["client_type"] not in CLIENT_TYPES:
        return f"its client_type is {row['client_type']!r}"
    if row["authorization_grant_type"] not in GRANT_TYPES:
        return f"its authorization_grant_type is {row['authorization_grant_type']!r}"
    return None if isinstance(row["created"], datetime) else "it has no time of creation"


def reason_to_leave(client_id: str, registration_source: str = "manual") -> str | None:
    """Return why an application, and each token of it, is not taken, or None."""
    if registration_source == "cimd":
        return DESCRIBED
    problem = problem_with_client_id(client_id)
    return None if problem is None else f"its client ID cannot be used: {problem}"


def read_application(row: Mapping[str, Any], site: Site) -> ReadApplication:
    """Return the columns of an application that is taken: the strictest profile that it works with.

    OAuth 2.1 if that allows its grant type and its redirect URIs, and PKCE was required. Otherwise OAuth 2.0,
    with ``optional_pkce`` only if PKCE was optional.
    """
    notes: list[str] = []
    grant_types = _grant_types(row, notes)
    uris, is_legacy = _uris(row["redirect_uris"], site, notes)
    after_logout, is_legacy_too = _uris(row.get("post_logout_redirect_uris") or "", site, notes)
    is_implicit = "implicit" in grant_types
    has_optional_pkce = "authorization_code" in grant_types and not site.pkce_is_required
    is_legacy = is_legacy or is_legacy_too or is_implicit or has_optional_pkce
    if is_legacy:
        notes.append(PKCE_IS_OPTIONAL if has_optional_pkce else IS_LEGACY)
    if not uris and (is_implicit or "authorization_code" in grant_types):
        notes.append(NO_URI)
    name = row["name"] or ""
    if not is_plain(name):
        notes.append(ODD_NAME)
        name = ""
    _note_others(row, site, notes)
    values = {
        "client_id": row["client_id"],
        "name": (name or row["client_id"])[:_LONGEST_NAME],
        "client_type": row["client_type"],
        "profile": "oauth2.0" if is_legacy else "oauth2.1",
        "legacy_switches": frozenset(["optional_pkce"] if has_optional_pkce else []),
        "redirect_uris": uris,
        "post_logout_redirect_uris": after_logout,
        "grant_types": frozenset(grant_types),
        "scopes": site.scopes,
        "default_scopes": site.default_scopes,
        "owner_id": row["user_id"],
        "is_trusted": bool(row["skip_authorization"]),
        "is_self_registered": row.get("registration_source") == "dcr",
        "created_at": row["created"],
    }
    return ReadApplication(values, notes)


def _grant_types(row: Mapping[str, Any], notes: list[str]) -> tuple[str, ...]:
    theirs = row["authorization_grant_type"]
    if theirs == "password":
        notes.append(NO_PASSWORDS)
    if theirs == "openid-hybrid":
        notes.append(ONLY_CODES)
    if theirs == "client-credentials" and row["client_type"] == "public":
        notes.append(NO_SECRET_FOR_ITSELF)
        return ()
    return GRANT_TYPES[theirs]


def _uris(text: str, site: Site, notes: list[str]) -> tuple[tuple[str, ...], bool]:
    """Return the addresses that are taken, and whether only the legacy profile allows one of them."""
    taken: list[str] = []
    is_legacy = False
    for uri in dict.fromkeys(text.split()):
        strict = problem_with(uri, schemes=site.schemes, is_registered=True)
        problem = strict and problem_with(uri, is_legacy=True, schemes=site.schemes, is_registered=True)
        if problem is None and len(taken) == redirect_uris.MOST:
            problem = redirect_uris.TOO_MANY
        if problem is not None:
            notes.append(f"the address {uri} is not taken: {problem}")
            continue
        taken.append(uri)
        is_legacy = is_legacy or strict is not None
    return tuple(taken), is_legacy


def _note_others(row: Mapping[str, Any], site: Site, notes: list[str]) -> None:
    if row.get("algorithm") == "HS256":
        notes.append(NO_HS256)
    if row.get("algorithm") and not site.has_openid:
        notes.append(NO_OPENID)
    allowed = set(site.origins)
    if "*" not in allowed and not set((row.get("allowed_origins") or "").split()) <= allowed:
        notes.append(OTHER_ORIGINS)


def scopes_of(text: str | None, declared: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the scopes in a text that the site declares, and those that it does not."""
    named = frozenset((text or "").split())
    return named & frozenset(declared), named - frozenset(declared)


def base_of(row: Mapping[str, Any]) -> bytes:
    """Return the base digest of a token; raise Damaged if the package cannot have written it.

    Release 3 stores the checksum of a token, and its text only if the site wants that; release 2 the text.
    """
    text, stored = row["token"], row.get("token_checksum")
    if row["created"] is None:
        raise Damaged("it has no time of creation")
    if stored is None and not text:
        raise Damaged("it has neither a text nor a checksum")
    try:
        base = of_text(text) if stored is None else bytes.fromhex(stored)
    except ValueError:
        base = b""
    if len(base) != sha256().digest_size or (text and of_text(text) != base):
        raise Damaged("its checksum is not that of its text")
    return base
