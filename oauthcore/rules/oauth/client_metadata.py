"""Client metadata: what an application says of itself when it registers (RFC 7591 §2).

Unknown members are ignored. Null or an empty text counts as not sent. The flow decides which scopes and
redirect URIs the site allows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from oauthcore.rules.errors.registration import InvalidClientMetadata, InvalidRedirectURI
from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.oauth import client_keys
from oauthcore.rules.oauth.client_keys import NO_KEYS, PRIVATE_KEY_JWT, GivenKeys
from oauthcore.rules.oauth.redirect_uris import LONGEST, is_impersonable
from oauthcore.rules.oidc.client_members import NOTHING_SAID, OpenIDMembers

#: The name of an application that sends no name.
NAMELESS = "Application without a name"

#: Characters in texts for people, which an error on the wire may not contain.
_ASCII = str.maketrans({"“": "'", "”": "'", "§": "section "})
_LONGEST_TEXT = 100
_LONGEST_WEBSITE = 500
_LONGEST_SCOPE = 4000
_MOST_ITEMS = 50


class ApplicationType(StrEnum):
    """Where the application runs: on people's devices, or on a server (OpenID Connect Registration §2)."""

    NATIVE = "native"
    WEB = "web"


class AuthMethod(StrEnum):
    """How the application authenticates at the token endpoint (RFC 7591 §2)."""

    NONE = "none"
    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    PRIVATE_KEY_JWT = PRIVATE_KEY_JWT


@dataclass(frozen=True)
class ClientMetadata:
    """Client metadata, with the defaults of RFC 7591 for missing members.

    ``scope`` is None if it was not sent. If the application type was not sent, it follows from the redirect
    URIs: a web application has https only.
    """

    redirect_uris: tuple[str, ...]
    grant_types: frozenset[str]
    auth_method: AuthMethod
    application_type: ApplicationType
    name: str = NAMELESS
    website: str = ""
    scope: str | None = None
    software_id: str = ""
    software_version: str = ""
    #: Whether its tokens are always bound to a key (RFC 9449 §5.2).
    dpop_bound_access_tokens: bool = False
    #: The keys of a client that signs, or their address.
    given_keys: GivenKeys = NO_KEYS
    openid: OpenIDMembers = NOTHING_SAID

    @property
    def signs(self) -> bool:
        """Whether it authenticates with keys of its own, and so has no secret."""
        return self.auth_method is AuthMethod.PRIVATE_KEY_JWT


def parse(
    document: object, *, known_grant_types: Collection[str], known_auth_methods: Collection[AuthMethod]
) -> ClientMetadata:
    """Read client metadata. Raises InvalidClientMetadata and InvalidRedirectURI.

    Clients list every grant type that they could use. So a grant type that is not in ``known_grant_types`` is
    left out (RFC 7591 §2), and at least one must remain.
    """
    if not isinstance(document, dict):
        raise InvalidClientMetadata("The body must be a JSON object.")
    sent: Mapping[str, Any] = document
    redirect_uris = tuple(dict.fromkeys(_texts(sent, "redirect_uris", longest=LONGEST)))
    grant_types = _grant_types(sent, known_grant_types)
    _check_response_types(sent, grant_types)
    auth_method = _auth_method(sent, known_auth_methods)
    return ClientMetadata(
        redirect_uris=redirect_uris,
        grant_types=grant_types,
        auth_method=auth_method,
        application_type=_application_type(sent, redirect_uris),
        name=_text(sent, "client_name").strip() or NAMELESS,
        website=_text(sent, "client_uri", longest=_LONGEST_WEBSITE),
        scope=_text(sent, "scope", longest=_LONGEST_SCOPE) or None,
        software_id=_text(sent, "software_id"),
        software_version=_text(sent, "software_version"),
        dpop_bound_access_tokens=_flag(sent, "dpop_bound_access_tokens"),
        given_keys=_keys(sent, signs=auth_method is AuthMethod.PRIVATE_KEY_JWT),
        openid=_openid(sent),
    )


def _openid(sent: Mapping[str, Any]) -> OpenIDMembers:
    try:
        return OpenIDMembers.parse(sent)
    except ValueError as problem:
        raise InvalidClientMetadata(str(problem)) from None


def response_types(grant_types: Collection[str]) -> list[str]:
    """Return the response types that go with grant types (RFC 7591 §2.1)."""
    return ["code"] if "authorization_code" in grant_types else []


def _text(sent: Mapping[str, Any], name: str, *, longest: int = _LONGEST_TEXT) -> str:
    value = sent.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidClientMetadata(f"{name} must be a string.")
    if len(value) > longest:
        raise InvalidClientMetadata(f"{name} has more than {longest} characters.")
    return value


def _flag(sent: Mapping[str, Any], name: str) -> bool:
    value = sent.get(name)
    if not isinstance(value, bool | None):
        raise InvalidClientMetadata(f"{name} must be true or false.")
    return bool(value)


def _texts(sent: Mapping[str, Any], name: str, *, longest: int = _LONGEST_TEXT) -> list[str]:
    value = sent.get(name)
    refusal = InvalidRedirectURI if name == "redirect_uris" else InvalidClientMetadata
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise refusal(f"{name} must be a list of strings.")
    if len(value) > _MOST_ITEMS or any(len(one) > longest for one in value):
        raise refusal(f"{name} has more than {_MOST_ITEMS} items, or one of more than {longest} characters.")
    return value


def _grant_types(sent: Mapping[str, Any], known: Collection[str]) -> frozenset[str]:
    asked = frozenset(_texts(sent, "grant_types") or ["authorization_code"])
    kept = frozenset(one for one in asked if one in known)
    if not kept - {"refresh_token"}:
        raise InvalidClientMetadata(f"grant_types has none of {', '.join(sorted(known))}.")
    return kept


def _check_response_types(sent: Mapping[str, Any], grant_types: Collection[str]) -> None:
    asked = _texts(sent, "response_types")
    if asked and ("code" in asked) is not ("authorization_code" in grant_types):
        raise InvalidClientMetadata("The response type code goes with the grant type authorization_code.")


def _auth_method(sent: Mapping[str, Any], known: Collection[AuthMethod]) -> AuthMethod:
    asked = _text(sent, "token_endpoint_auth_method") or AuthMethod.BASIC
    if asked not in known:
        raise InvalidClientMetadata(f"token_endpoint_auth_method is one of {', '.join(known)}.")
    return AuthMethod(asked)


def _keys(sent: Mapping[str, Any], *, signs: bool) -> GivenKeys:
    present = {name: value for name, value in sent.items() if value != ""}
    try:
        return client_keys.parse(present, signs=signs)
    except InvalidKey as problem:
        raise InvalidClientMetadata(in_ascii(str(problem))) from None


def in_ascii(words: str) -> str:
    """Return words for people as an error on the wire may have them (RFC 6749 §5.2)."""
    return words.translate(_ASCII)


def _application_type(sent: Mapping[str, Any], redirect_uris: Collection[str]) -> ApplicationType:
    asked = _text(sent, "application_type")
    of_device = any(map(is_impersonable, redirect_uris))
    if not asked:
        return ApplicationType.NATIVE if of_device else ApplicationType.WEB
    if asked not in set(ApplicationType):
        raise InvalidClientMetadata(f"application_type is one of {', '.join(ApplicationType)}.")
    if asked == ApplicationType.WEB and of_device:
        raise InvalidRedirectURI(
            "A web application has redirect URIs with https only, and none on the device."
        )
    return ApplicationType(asked)
