"""Signing keys of the site under test, and JWTs as somebody else's server sees them."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from django.utils import timezone

from oauthcore.flows.keys.rotation import rotate
from oauthcore.models import signing
from tests.support.factories import Registered, register
from tests.support.oauth import OAuthClient, with_person

ISSUER = "https://testserver"


def make_keys() -> None:
    """Make the first signing keys, as the command does."""
    rotate(now=timezone.now())


def register_with_jwts(**values: Any) -> Registered:
    """Register an application whose access tokens are JWTs."""
    return register(access_token_format="jwt", **values)


def with_jwts(user: Any = None, **values: Any) -> OAuthClient:
    """Return such an application at whose browser a person is logged in; the site has keys."""
    make_keys()
    return with_person(register_with_jwts(**values), user)


def key_set() -> dict[str, Any]:
    """Return the key set as the site publishes it."""
    found: dict[str, Any] = Client().get("/oauth/jwks").json()
    return found


def verified(text: str, *, audience: str = ISSUER) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of an access token as a server verifies them that has the key set alone.

    No JOSE library does it, for the site signs with one: RFC 7515 §5.2 and RFC 9068 §4 by hand. Raises
    InvalidSignature, and AssertionError with what else is wrong.
    """
    header, claims = parts_of(text)
    assert (header["alg"], header["typ"]) == ("ES256", "at+jwt")
    [key] = [one for one in key_set()["keys"] if one["kid"] == header["kid"]]
    x, y = (_number(_decoded(key[name])) for name in ("x", "y"))
    signed, _, signature = text.rpartition(".")
    raw = _decoded(signature)
    public = EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    public.verify(
        encode_dss_signature(_number(raw[:32]), _number(raw[32:])), signed.encode(), ECDSA(SHA256())
    )
    assert (claims["iss"], claims["aud"]) == (ISSUER, audience)
    assert claims["exp"] > timezone.now().timestamp(), "it has expired"
    return header, claims


def parts_of(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a JWT, unverified."""
    header, claims = (json.loads(_decoded(one)) for one in text.split(".")[:2])
    return header, claims


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "==")


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "big")


def encoded(document: Any) -> str:
    """Return a part of a JWT."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def signed_by_the_site(claims: dict[str, Any], *, type_: str = "at+jwt", algorithm: str = "ES256") -> str:
    """Return claims that the site never issued, signed with its own key."""
    return str(signing.sign(claims, type_=type_, algorithm=algorithm).reveal())
