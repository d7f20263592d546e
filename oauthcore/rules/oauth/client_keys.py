"""The public keys in client metadata: ``jwks`` or ``jwks_uri`` (RFC 7591 §2), for ``private_key_jwt``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.jose.public_keys import PublicKey, parse_key_set
from oauthcore.rules.wire.https_urls import HttpsURL

PRIVATE_KEY_JWT = "private_key_jwt"


@dataclass(frozen=True)
class GivenKeys:
    """Keys, or the address of keys; nothing if a client has none."""

    keys: tuple[PublicKey, ...] = ()
    jwks_uri: str = ""


NO_KEYS = GivenKeys()


def parse(sent: Mapping[str, Any], *, signs: bool) -> GivenKeys:
    """Return the keys of client metadata; raise InvalidKey, in words for its developer.

    A client that ``signs`` needs keys. The keys of other clients are checked too, but not used, because a
    private key must never be published.
    """
    jwks, jwks_uri = sent.get("jwks"), sent.get("jwks_uri")
    if jwks is not None and jwks_uri is not None:
        raise InvalidKey("The client has jwks and jwks_uri. Give one of them.")
    given = _address(jwks_uri) if jwks_uri is not None else NO_KEYS if jwks is None else _keys(jwks)
    if signs and given == NO_KEYS:
        raise InvalidKey(f"The method {PRIVATE_KEY_JWT} needs jwks or jwks_uri.")
    return given if signs else NO_KEYS


def _address(jwks_uri: object) -> GivenKeys:
    try:
        return GivenKeys(jwks_uri=HttpsURL.parse(jwks_uri if isinstance(jwks_uri, str) else "").text)
    except ValueError as problem:
        raise InvalidKey(f"The jwks_uri cannot be read. {problem}") from None


def _keys(jwks: object) -> GivenKeys:
    try:
        return GivenKeys(keys=parse_key_set(json.dumps(jwks), skips_strange=True))
    except InvalidKey as problem:
        raise InvalidKey(f"The jwks cannot be used. {problem}") from None
