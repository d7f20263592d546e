"""Private keys: made, written, read again, and shown nowhere."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from oauthcore.rules.jose import private_keys, public_keys, signed

pytestmark = pytest.mark.sqlite_only("no row decides what is shown here")


@pytest.mark.rfc("7518", "3.4")
@pytest.mark.rfc("7515", "7.1")
def test_what_a_key_signs_its_public_part_verifies():
    key = private_keys.generate()
    text = key.sign({"sub": "ada", "words": "größer"}, type_="at+jwt").reveal()
    jwt = signed.parse(text, types=["at+jwt"])

    assert signed.verify(jwt, [public_keys.parse_key(key.public)]).kid == key.kid
    assert jwt.claims == {"sub": "ada", "words": "größer"}


@pytest.mark.rfc("7638", "3")
def test_its_kid_is_its_thumbprint():
    key = private_keys.generate()

    assert key.kid == public_keys.parse_key(key.public).thumbprint
    assert len({private_keys.generate().kid for _ in range(5)}) == 5


def test_it_is_the_same_after_it_was_written_and_read():
    key = private_keys.generate()
    again = private_keys.from_bytes(key.to_bytes())

    assert again == key
    assert again.to_bytes() == key.to_bytes()


def test_a_key_in_pem_is_read_in_either_form():
    made = ec.generate_private_key(ec.SECP256R1())
    forms = [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL]
    kids = {
        private_keys.from_pem(made.private_bytes(Encoding.PEM, form, NoEncryption()).decode()).kid
        for form in forms
    }

    assert len(kids) == 1


def test_neither_its_repr_nor_that_of_a_token_shows_anything():
    key = private_keys.generate()
    text = key.sign({"sub": "ada"}, type_="at+jwt").reveal()

    assert set(key.public) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert json.dumps(dict(key.public)).count(key.kid) == 1
    assert "native" not in repr(key)
    assert text not in repr(text)
