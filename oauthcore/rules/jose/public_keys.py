"""Public keys from strangers: JWK and JWK Set (RFC 7517), and their thumbprints (RFC 7638)."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.jose import ed25519
from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.text.sentences import Sentence
from oauthcore.rules.wire import strict_json

#: The algorithms that a signature may have, each with the type of its key and the curve.
ALGORITHMS: Mapping[str, tuple[str, str | None]] = {
    "ES256": ("EC", "P-256"),
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
    "EdDSA": ("OKP", "Ed25519"),
}
MOST_KEYS = 10
LARGEST_SET = 16 * 1024
LONGEST_KID = 255
#: How many bits an RSA key may have: a longer one is slow to use.
RSA_BITS = range(2048, 4096 + 1)

_PRIVATE = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k"))
#: What a private or symmetric key looks like in a text, also in one that is no JSON.
_LOOKS_PRIVATE = re.compile(rf'"(?:{"|".join(sorted(_PRIVATE))})"\s*:|PRIVATE KEY')
_IS_PRIVATE = Sentence(
    "This is a private or symmetric key, and others may have seen it now. Make a new pair of keys, and give "
    "only the public one."
)
#: The members of the key itself, by key type.
_MATERIAL = {"EC": ("crv", "x", "y"), "OKP": ("crv", "x"), "RSA": ("n", "e")}
_LARGEST_EXPONENT = 2**32
#: The most characters of one of these members.
_LONGEST_MEMBER = 1024


@dataclass(frozen=True)
class PublicKey:
    """A key that checks signatures: its ``kid``, its algorithms and its thumbprint."""

    kid: str | None
    algorithms: tuple[str, ...]
    members: Mapping[str, str]
    thumbprint: str
    native: Any = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """Its ``kid`` or, without one, its thumbprint."""
        return self.kid or self.thumbprint

    @property
    def digest(self) -> bytes:
        """The 32 bytes that the thumbprint stands for."""
        return urlsafe_b64decode(self.thumbprint + "=")

    def is_called(self, kid: str) -> bool:
        """Return whether the ``kid`` of a JWT names this key. A key without one goes by its thumbprint."""
        return self.name == kid


def looks_private(document: str) -> bool:
    """Return whether a text that somebody gives as their public keys has a private one in it."""
    return _LOOKS_PRIVATE.search(document) is not None


def parse_key(jwk: object) -> PublicKey:
    """Return the public key of a JWK. Raises InvalidKey, also for a private key."""
    if not isinstance(jwk, Mapping):
        raise InvalidKey(Sentence("A key is a JSON object."))
    if _PRIVATE & jwk.keys():
        raise InvalidKey(_IS_PRIVATE)
    kind: Any = jwk.get("kty")
    kid: Any = jwk.get("kid")
    curve = None if kind == "RSA" else jwk.get("crv")
    fitting = tuple(name for name, needed in ALGORITHMS.items() if needed == (kind, curve))
    if not fitting:
        raise InvalidKey(Sentence("A key is EC with the curve P-256, RSA, or OKP with the curve Ed25519."))
    if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= LONGEST_KID):
        raise InvalidKey(Sentence("A kid is a text of at most %(most)s characters.", most=LONGEST_KID))
    algorithms = _algorithms(jwk, fitting)
    members: dict[str, Any] = {"kty": kind, **{name: jwk.get(name) for name in _MATERIAL[kind]}}
    native = _native(members)
    named = {"kid": kid, "alg": jwk.get("alg"), "use": "sig"}
    return PublicKey(
        kid=kid,
        algorithms=algorithms,
        members=members | {name: value for name, value in named.items() if value is not None},
        thumbprint=native.thumbprint(),
        native=native,
    )


def parse_key_set(document: str | bytes, *, skips_strange: bool = False) -> tuple[PublicKey, ...]:
    """Return the keys of a JWK Set. Raises InvalidKey, also if no key can be used.

    ``skips_strange`` leaves out keys for other uses or algorithms, which a set of somebody else may contain
    (RFC 7517 §5). A private key is always refused, and named as such in whatever form somebody gives it.
    """
    try:
        return _keys_in(document, skips_strange=skips_strange)
    except InvalidKey:
        if isinstance(document, str) and looks_private(document):
            raise InvalidKey(_IS_PRIVATE) from None
        raise


def _keys_in(document: str | bytes, *, skips_strange: bool) -> tuple[PublicKey, ...]:
    body = document.encode("utf-8", "surrogatepass") if isinstance(document, str) else document
    if len(body) > LARGEST_SET:
        raise InvalidKey(Sentence("A key set is at most %(most)s KiB long.", most=LARGEST_SET // 1024))
    try:
        document = strict_json.loads(body)
    except InvalidRequest as error:
        raise InvalidKey(Sentence("A key set is JSON. %(reason)s", reason=error.reason)) from None
    listed = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(listed, list):
        raise InvalidKey(Sentence("A key set is a JSON object whose member “keys” is a list."))
    if len(listed) > MOST_KEYS:
        raise InvalidKey(Sentence("A key set has at most %(most)s keys.", most=MOST_KEYS))
    keys = tuple(_usable(listed, skips_strange=skips_strange))
    if not keys:
        raise InvalidKey(Sentence("A key set has at least one key that signatures can be checked with."))
    if len({key.name for key in keys}) != len(keys):
        raise InvalidKey(Sentence("Two keys of the set have the same name. Give each a kid of its own."))
    return keys


def as_text(keys: Iterable[PublicKey]) -> str:
    """Return the JWK Set of these keys, with nothing else in it."""
    return json.dumps({"keys": [dict(key.members) for key in keys]}, separators=(",", ":"))


def _usable(listed: list[object], *, skips_strange: bool) -> Iterable[PublicKey]:
    for jwk in listed:
        try:
            yield parse_key(jwk)
        except InvalidKey:
            if not skips_strange or (isinstance(jwk, Mapping) and _PRIVATE & jwk.keys()):
                raise


def _algorithms(jwk: Mapping[str, Any], fitting: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the ``fitting`` algorithms that the JWK allows (RFC 7517 §4.2 to §4.4)."""
    if jwk.get("use", "sig") != "sig":
        raise InvalidKey(Sentence("A key has the use “sig”, or names none."))
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise InvalidKey(Sentence("The key_ops of a key have “verify” among them, or are left out."))
    algorithm = jwk.get("alg")
    if algorithm is not None and algorithm not in fitting:
        raise InvalidKey(
            Sentence("A key of this type names no alg, or one of %(names)s.", names=", ".join(fitting))
        )
    return fitting if algorithm is None else (algorithm,)


def _native(members: Mapping[str, Any]) -> Any:
    """Return the key as an object of the library. Refuse a point off the curve and an unsafe modulus."""
    from joserfc.errors import JoseError
    from joserfc.jwk import JWKRegistry

    if any(not isinstance(value, str) or len(value) > _LONGEST_MEMBER for value in members.values()):
        raise InvalidKey(
            Sentence(
                "A key of type %(type)s has the members %(names)s, each a text.",
                type=members["kty"],
                names=_listed(members),
            )
        )
    if members["kty"] == "RSA":
        _refuse_odd_rsa(members["n"], members["e"])
    try:
        key: Any = JWKRegistry.import_key(dict(members))
        written = key.binding.export_public_key(key.raw_value)
    except (JoseError, ValueError):
        raise InvalidKey(Sentence("The members of the key are no public key.")) from None
    if any(members[name] != text for name, text in written.items()):
        raise InvalidKey(
            Sentence("The members of the key are not written as RFC 7518 §6 has them: base64url, unpadded.")
        )
    if members["kty"] == "OKP" and ed25519.is_unsafe(urlsafe_b64decode(members["x"] + "=")):
        raise InvalidKey(Sentence("The x of an Ed25519 key is a point with which anybody can sign."))
    return key


def _refuse_odd_rsa(modulus: str, exponent: str) -> None:
    """Refuse an RSA key that is too weak or slow to check with, before the library reads it."""
    from joserfc.util import base64_to_int

    try:
        bits, number = base64_to_int(modulus).bit_length(), base64_to_int(exponent)
    except ValueError:
        raise InvalidKey(Sentence("The members of the key are no public key.")) from None
    if bits not in RSA_BITS:
        raise InvalidKey(
            Sentence(
                "An RSA key has %(least)s to %(most)s bits.", least=RSA_BITS.start, most=RSA_BITS.stop - 1
            )
        )
    if number >= _LARGEST_EXPONENT:
        raise InvalidKey(Sentence("The exponent of an RSA key is smaller than 2 to the power of 32."))


def _listed(members: Mapping[str, Any]) -> str:
    return ", ".join(name for name in members if name != "kty")
