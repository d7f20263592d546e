"""Forged JWTs: whatever this site has not issued is no access token, with any signature and any header."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.support.factories import register
from tests.support.oauth import OAuthClient, is_live, me
from tests.support.signing import encoded, key_set, parts_of, signed_by_the_site, with_jwts

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("no row has the digest, on any database"),
]


def _changed(text: str, *, header: Any = None, claims: Any = None, signature: str | None = None) -> str:
    parts = text.split(".")
    had = parts_of(text)
    if header is not None:
        parts[0] = encoded({**had[0], **header})
    if claims is not None:
        parts[1] = encoded({**had[1], **claims})
    if signature is not None:
        parts[2] = signature
    return ".".join(parts)


def _with_the_public_key_as_a_secret(text: str) -> str:
    body = ".".join(_changed(text, header={"alg": "HS256"}).split(".")[:2])
    secret = json.dumps(key_set()["keys"][0]).encode()
    mac = hmac.new(secret, body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _malleable(text: str) -> str:
    """Return the other signature that ECDSA takes for the same key and text: (r, n - s)."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    *body, signature = text.split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    other = raw[:32] + (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    return ".".join([*body, base64.urlsafe_b64encode(other).rstrip(b"=").decode()])


FORGERIES = {
    "alg none": lambda text: _changed(text, header={"alg": "none"}, signature=""),
    "alg none, with the signature": lambda text: _changed(text, header={"alg": "none"}),
    "HMAC with the public key": _with_the_public_key_as_a_secret,
    "another typ": lambda text: _changed(text, header={"typ": "JWT"}),
    "crit": lambda text: _changed(text, header={"crit": ["exp"]}),
    "a kid with SQL": lambda text: _changed(text, header={"kid": "' OR 1=1 --"}),
    "a kid with a path": lambda text: _changed(text, header={"kid": "../../dev/null"}),
    "an embedded key": lambda text: _changed(text, header={"jwk": {"kty": "EC", "d": "AA"}}),
    "a key by URL": lambda text: _changed(text, header={"jku": "https://evil.example/jwks"}),
    "more scopes": lambda text: _changed(text, claims={"scope": "read api.images.write"}),
    "a later end": lambda text: _changed(text, claims={"exp": 4_000_000_000}),
    "another person": lambda text: _changed(text, claims={"sub": "1"}),
    "another signature": lambda text: _changed(text, signature="A" * 86),
    "the other signature of ECDSA": _malleable,
    "a cut one": lambda text: text[:-1],
    "a longer one": lambda text: f"{text}A",
    "a fourth part": lambda text: f"{text}.AAAA",
    "a huge one": lambda text: _changed(text, claims={"scope": "read " * 2000}),
    "signed by the site for another purpose": lambda text: signed_by_the_site(parts_of(text)[1], type_="JWT"),
    "signed by the site and never issued": lambda text: signed_by_the_site(parts_of(text)[1]),
    "an id token of RS256": lambda text: signed_by_the_site(
        parts_of(text)[1], type_="JWT", algorithm="RS256"
    ),
    "an access token of RS256": lambda text: signed_by_the_site(parts_of(text)[1], algorithm="RS256"),
    "in capitals": lambda text: text.upper(),
    "with padding": lambda text: f"{text}==",
}


@pytest.mark.rfc("8725", "3.1")
@pytest.mark.rfc("8725", "3.11")
@pytest.mark.rfc("9068", "4")
@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_token_that_this_site_has_not_issued_is_not_an_access_token(forge, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    oauth = with_jwts()
    text = oauth.tokens()["access_token"]
    forged = forge(text)
    assert forged != text

    assert me(forged).status_code == 401
    assert me(forged).json()["error"] == "invalid_token"
    assert oauth.introspect(forged).json() == {"active": False}
    assert oauth.revoke(forged).json() == {}
    assert is_live(text)


def test_a_refresh_token_or_code_is_never_taken_from_one():
    oauth = with_jwts()
    text = oauth.tokens()["access_token"]

    assert oauth.refresh(text).json()["error"] == "invalid_grant"
    assert oauth.redeem(text).json()["error"] == "invalid_grant"
    assert is_live(text)


def test_another_application_may_not_revoke_one():
    text = with_jwts().tokens()["access_token"]
    other = OAuthClient(register())

    assert other.revoke(text).status_code == 403
    assert other.introspect(text).json() == {"active": False}
    assert is_live(text)
