"""A refresh token of SimpleJWT is one by its signature and claims; its ``jti`` finds it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.imports.purposes import LeftOut
from oauthcore.rules.imports.simplejwt import Signing, jti_digest, password_digest, read
from tests.support.rsa_keys import kept_rsa_key

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = "known-to-everybody-and-used-in-tests-only-0123456789-and-more-of-it"
HS256 = Signing("HS256", SECRET)
CLAIMS = {"token_type": "refresh", "jti": "a1b2", "user_id": "7", "exp": int(NOW.timestamp()) + 60}


def signed(claims=CLAIMS, key=SECRET, algorithm="HS256", **changed):
    left = {name: value for name, value in {**claims, **changed}.items() if value is not None}
    return jwt.encode(left, key, algorithm=algorithm)


def pem(key):
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


def refused(text, signing=HS256, now=NOW):
    with pytest.raises(LeftOut) as refusal:
        read(text, signing, now=now)
    return str(refusal.value)


@given(jti=st.text(min_size=1), user_id=st.integers() | st.text())
def test_a_refresh_token_tells_its_jti_and_its_person(jti, user_id):
    found = read(signed(jti=jti, user_id=user_id), HS256, now=NOW)

    assert (found.jti, found.user_id) == (jti, str(user_id))
    assert found.digest == jti_digest(jti)
    assert found.expires_at == NOW + timedelta(seconds=60)
    assert found.password_digest is None


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_longer_hmac_is_checked(algorithm):
    signing = replace(HS256, algorithm=algorithm)

    assert read(signed(algorithm=algorithm), signing, now=NOW).jti == "a1b2"


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_an_rsa_key_is_used(algorithm):
    private, public = pem(kept_rsa_key(0))

    found = read(signed(key=private, algorithm=algorithm), Signing(algorithm, public), now=NOW)

    assert found.jti == "a1b2"


def test_an_elliptic_key_is_used():
    private, public = pem(ec.generate_private_key(ec.SECP256R1()))

    found = read(signed(key=private, algorithm="ES256"), Signing("ES256", public), now=NOW)

    assert found.jti == "a1b2"


def test_a_key_of_another_kind_is_named():
    with pytest.raises(ValueError, match="no key for RS256"):
        _ = Signing("RS256", "no PEM").native


def test_the_public_key_is_no_secret_for_an_hmac():
    _, public = pem(kept_rsa_key(0))
    forged = jwt.api_jws.encode(b"{}", public[30:94], algorithm="HS256")

    assert "signature" in refused(forged, Signing("RS256", public))


def test_another_key_is_refused():
    assert "signature" in refused(signed(key=SECRET + "!"))


@pytest.mark.parametrize("text", ["", "a.b.c", "ä", "x" * 9000, "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_is_refused(text):
    assert refused(text) in ("it is no signed token", "its signature is not of the present key")


@given(text=st.text())
def test_any_text_is_refused(text):
    assert refused(text)


@pytest.mark.parametrize("payload", [b"[]", b"1", b"null"])
def test_a_token_without_claims_is_refused(payload):
    assert refused(jwt.api_jws.encode(payload, SECRET, algorithm="HS256")) == "it holds no claims"


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff"])
def test_claims_that_are_no_json_are_refused(payload):
    assert "signature" in refused(jwt.api_jws.encode(payload, SECRET, algorithm="HS256"))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"exp": int(NOW.timestamp())}, "it has expired"),
        ({"exp": None}, "it does not say when it ends"),
        ({"exp": "soon"}, "it does not say when it ends"),
        ({"exp": True}, "it does not say when it ends"),
        ({"exp": 10**30}, "it does not say when it ends"),
        ({"token_type": "access"}, "it is no refresh token"),
        ({"token_type": "sliding"}, "it is no refresh token"),
        ({"token_type": None}, "it is no refresh token"),
        ({"jti": None}, "it has no jti"),
        ({"jti": ""}, "it has no jti"),
        ({"jti": 7}, "it has no jti"),
        ({"user_id": None}, "it names no person"),
        ({"user_id": True}, "it names no person"),
        ({"user_id": ["7"]}, "it names no person"),
    ],
)
def test_claims_that_do_not_fit_are_refused(changed, why):
    encoded = jwt.api_jws.encode(
        json.dumps({k: v for k, v in {**CLAIMS, **changed}.items() if v is not None}).encode(),
        SECRET,
        algorithm="HS256",
    )

    assert refused(encoded) == why


def test_a_leeway_is_given():
    signing = replace(HS256, leeway=timedelta(seconds=30))
    text = signed()

    assert read(text, signing, now=NOW + timedelta(seconds=89)).jti == "a1b2"
    assert refused(text, signing, NOW + timedelta(seconds=90)) == "it has expired"


def test_the_sites_own_names_of_claims_are_used():
    signing = replace(HS256, user_id_claim="uid", jti_claim="id", type_claim=None, password_claim="mark")
    text = signed({"uid": 9, "id": "x", "exp": CLAIMS["exp"], "mark": "ABC"})

    found = read(text, signing, now=NOW)

    assert (found.jti, found.user_id, found.password_digest) == ("x", "9", "ABC")


def test_the_issuer_is_compared():
    signing = replace(HS256, issuer="https://site.example")

    assert read(signed(iss="https://site.example"), signing, now=NOW).jti == "a1b2"
    assert refused(signed(iss="https://other.example"), signing) == "it is of another issuer"


@pytest.mark.parametrize("audience", ["app", ["web", "app"]])
@pytest.mark.parametrize("wanted", ["app", ("app", "other")])
def test_one_common_audience_is_enough(audience, wanted):
    assert read(signed(aud=audience), replace(HS256, audience=wanted), now=NOW).jti == "a1b2"


@pytest.mark.parametrize("audience", [None, "web", ["web"]])
def test_another_audience_is_refused(audience):
    assert refused(signed(aud=audience), replace(HS256, audience="app")) == "it is for another audience"


def test_the_digest_of_a_password_is_the_one_of_simplejwt():
    from rest_framework_simplejwt.utils import get_md5_hash_password

    assert password_digest("pbkdf2_sha256$…") == get_md5_hash_password("pbkdf2_sha256$…")
