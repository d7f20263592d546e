"""Private keys: made, written, read again, and shown nowhere."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from oauthcore.rules.jose import private_keys, public_keys, signed
from oauthcore.rules.jose.problems import InvalidKey
from tests.support.rsa_keys import pem

pytestmark = pytest.mark.sqlite_only("rules take values and give values, and never ask a database")

either = pytest.mark.parametrize("algorithm", ["ES256", "RS256"])


@pytest.mark.rfc("7518", "3.3")
@pytest.mark.rfc("7518", "3.4")
@pytest.mark.rfc("7515", "7.1")
@either
def test_the_public_part_of_a_key_verifies_its_signatures(algorithm):
    key = private_keys.generate(algorithm)
    text = key.sign({"sub": "ada", "words": "größer"}, type_="at+jwt").reveal()
    jwt = signed.parse(text, types=["at+jwt"])

    assert signed.verify(jwt, [public_keys.parse_key(key.public)]).kid == key.kid
    assert jwt.algorithm == algorithm
    assert jwt.claims == {"sub": "ada", "words": "größer"}


@pytest.mark.rfc("7638", "3")
@either
def test_its_kid_is_its_thumbprint(algorithm):
    key = private_keys.generate(algorithm)

    assert key.kid == public_keys.parse_key(key.public).thumbprint
    assert len({private_keys.generate(algorithm).kid for _ in range(3)}) == 3


@either
def test_a_key_is_the_same_after_it_was_written_and_read(algorithm):
    key = private_keys.generate(algorithm)
    again = private_keys.from_bytes(key.to_bytes())

    assert again == key
    assert again.to_bytes() == key.to_bytes()


@pytest.mark.parametrize(
    ("make", "algorithm"),
    [
        (lambda: ec.generate_private_key(ec.SECP256R1()), "ES256"),
        (lambda: rsa.generate_private_key(65537, 2048), "RS256"),
        (lambda: rsa.generate_private_key(65537, 3072), "RS256"),
    ],
    ids=["EC", "RSA of 2048 bits", "RSA of 3072 bits"],
)
def test_a_key_in_pem_is_read_in_either_form(make, algorithm):
    made = make()
    forms = [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL]
    read = [
        private_keys.from_pem(made.private_bytes(Encoding.PEM, form, NoEncryption()).decode())
        for form in forms
    ]

    assert len({key.kid for key in read}) == 1
    assert {key.algorithm for key in read} == {algorithm}


@pytest.mark.rfc("7518", "3.3")
@pytest.mark.parametrize("bits", [1024, 2040])
def test_a_short_rsa_key_is_refused(bits):
    short = rsa.generate_private_key(65537, bits)

    with pytest.raises(InvalidKey, match="2048 to 4096 bits"):
        private_keys.from_pem(pem(short))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ec.generate_private_key(ec.SECP224R1()), "too short"),
        (
            lambda: ec.generate_private_key(ec.SECP384R1()),
            "neither an EC key on the curve P-256 nor an RSA key",
        ),
        (ed25519.Ed25519PrivateKey.generate, "neither an EC key on the curve P-256 nor an RSA key"),
    ],
    ids=["P-224", "P-384", "Ed25519"],
)
def test_a_key_of_another_kind_is_refused(make, said):
    with pytest.raises(InvalidKey, match=said):
        private_keys.from_pem(pem(make()))


def test_each_new_rsa_key_is_different(monkeypatch):
    monkeypatch.undo()  # removes the store of keys of the tests
    one, two = (private_keys.generate("RS256").native.private_key for _ in range(2))

    assert (one.key_size, one.public_key().public_numbers().e) == (2048, 65537)
    assert one.public_key() != two.public_key()


@either
def test_the_reprs_of_a_key_and_of_a_token_show_no_secret(algorithm):
    key = private_keys.generate(algorithm)
    text = key.sign({"sub": "ada"}, type_="at+jwt").reveal()

    own = {"ES256": {"crv", "x", "y"}, "RS256": {"n", "e"}}[algorithm]
    assert set(key.public) == {"kty", "kid", "alg", "use", *own}
    assert json.dumps(dict(key.public)).count(key.kid) == 1
    assert "native" not in repr(key)
    assert text not in repr(text)
