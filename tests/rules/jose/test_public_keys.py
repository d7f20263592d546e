"""Public keys as developers paste them and servers publish them (RFC 7517, 7518 §6, 7638)."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.jose.public_keys import (
    ALGORITHMS,
    LARGEST_SET,
    MOST_KEYS,
    as_text,
    parse_key,
    parse_key_set,
)
from tests.support.jose import a_key, encoded, key_set, new_key, public

#: The key and the thumbprint of RFC 7638 §3.1.
OF_THE_RFC = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJE"
    "CPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Q"
    "vzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6"
    "WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}


@pytest.mark.rfc("7638", "3.1")
def test_the_thumbprint_is_that_of_the_rfc():
    key = parse_key(OF_THE_RFC)

    assert key.thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    assert (key.name, key.algorithms) == ("2011-04-29", ("RS256",))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_is_for_the_algorithms_of_its_type(algorithm):
    key = parse_key(public(a_key(algorithm)))

    assert algorithm in key.algorithms
    assert key.name == key.thumbprint == a_key(algorithm).thumbprint()


@pytest.mark.rfc("7517", "9.2")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_private_key_is_refused_and_not_repeated(algorithm):
    private = a_key(algorithm).as_dict(private=True)

    with pytest.raises(InvalidKey, match="private") as refusal:
        parse_key_set(json.dumps({"keys": [private]}), skips_strange=True)
    assert private["d"] not in str(refusal.value)


@pytest.mark.rfc("7517", "9.2")
@pytest.mark.parametrize(
    "text",
    [
        json.dumps(a_key().as_dict(private=True)),
        json.dumps({"keys": [a_key().as_dict(private=True)]})[:-1],
        a_key().as_pem(private=True).decode(),
    ],
    ids=["no set", "no JSON", "PEM"],
)
def test_the_error_names_a_private_key_even_if_the_key_has_other_faults(text):
    with pytest.raises(InvalidKey, match="private"):
        parse_key_set(text)


SMALL = {"kty": "RSA", "n": encoded(bytes([0xF0]) + b"\x01" * 127), "e": "AQAB"}
LARGE = {"kty": "RSA", "n": encoded(bytes([0xF0]) + b"\x01" * 700), "e": "AQAB"}
GOOD = public(a_key())


@pytest.mark.rfc("8725", "3.5")
@pytest.mark.parametrize(
    ("jwk", "why"),
    [
        (None, "object"),
        ([], "object"),
        ("a", "object"),
        ({}, "P-256"),
        (OctKey.generate_key(256).as_dict(private=True), "symmetric"),
        (public(ECKey.generate_key("P-384")), "P-256"),
        (public(OKPKey.generate_key("X25519")), "Ed25519"),
        (public(OKPKey.generate_key("Ed448")), "Ed25519"),
        ({"kty": ["EC"], "crv": {}}, "P-256"),
        (SMALL, "2048"),
        (LARGE, "2048 to 4096"),
        ({**OF_THE_RFC, "e": encoded(b"\x01" * 5)}, "exponent"),
        ({**OF_THE_RFC, "e": "Ag"}, "no public key"),
        ({**OF_THE_RFC, "e": ""}, "no public key"),
        ({**OF_THE_RFC, "e": "AAEAAQ"}, "RFC 7518"),
        ({**OF_THE_RFC, "n": "?"}, "no public key"),
        ({**GOOD, "x": encoded(bytes(32))}, "no public key"),
        ({**GOOD, "y": GOOD["y"] + "="}, "no public key"),
        ({**GOOD, "x": 7}, "each a text"),
        ({**GOOD, "x": "a" * 2000}, "each a text"),
        ({name: value for name, value in GOOD.items() if name != "y"}, "crv, x, y"),
        ({**GOOD, "kid": "a" * 256}, "kid"),
        ({**GOOD, "kid": ""}, "kid"),
        ({**GOOD, "kid": 7}, "kid"),
        ({**GOOD, "use": "enc"}, "use"),
        ({**GOOD, "key_ops": ["encrypt"]}, "key_ops"),
        ({**GOOD, "key_ops": "verify"}, "key_ops"),
        ({**GOOD, "alg": "RS256"}, "ES256"),
        ({**GOOD, "alg": "HS256"}, "ES256"),
        ({**GOOD, "alg": ["ES256"]}, "ES256"),
    ],
)
def test_what_is_no_key_for_signatures_is_refused_with_the_reason(jwk, why):
    with pytest.raises(InvalidKey, match=why):
        parse_key(jwk)


_ORDER = 2**255 - 19
_SMALL = [
    0,
    1,
    _ORDER - 1,
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
]


@pytest.mark.rfc("8725", "3.4")
@pytest.mark.rfc("8037", "2")
@pytest.mark.parametrize("sign", [0, 1 << 255], ids=["even", "odd"])
@pytest.mark.parametrize("y", [*_SMALL, _ORDER, _ORDER + 1, _ORDER + 5, 2**255 - 1])
def test_a_point_of_ed25519_with_which_anybody_can_sign_is_refused(y, sign):
    x = encoded((y | sign).to_bytes(32, "little"))

    with pytest.raises(InvalidKey, match=r"anybody can sign|no public key"):
        parse_key({"kty": "OKP", "crv": "Ed25519", "x": x})


def test_such_a_point_would_verify_a_signature_made_without_a_private_key():
    identity = (1).to_bytes(32, "little")
    forged = identity + bytes(32)  # R is the same point, S is zero

    Ed25519PublicKey.from_public_bytes(identity).verify(forged, b"whatever it is")


def test_a_set_is_written_with_its_public_members_only():
    jwk = public(a_key(), kid="mine", alg="ES256", x5u="https://evil.example", anything=[1])

    keys = parse_key_set(key_set(jwk, new_key("EdDSA")).encode())

    written = json.loads(as_text(keys))["keys"]
    assert written[0] == {**GOOD, "kid": "mine", "alg": "ES256", "use": "sig"}
    assert parse_key_set(as_text(keys)) == keys


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("", "JSON"),
        ("a", "JSON"),
        ("\ud800", "UTF-8"),
        ("[]", "keys"),
        ("{}", "keys"),
        ('{"keys": {}}', "keys"),
        ('{"keys": []}', "at least one"),
        ('{"keys": [1]}', "object"),
        ("[" * 100, "deeper"),
        ('{"keys": [' + ",".join(["{}"] * (MOST_KEYS + 1)) + "]}", "at most 10"),
        (" " * (LARGEST_SET + 1), "16 KiB"),
        (key_set(a_key(), a_key()), "same name"),
        (key_set(public(new_key(), kid="a"), public(new_key(), kid="a")), "same name"),
    ],
)
def test_what_is_no_key_set_is_refused_with_the_reason(document, why):
    with pytest.raises(InvalidKey, match=why):
        parse_key_set(document)


@pytest.mark.rfc("7517", "5")
def test_keys_for_other_things_in_somebody_elses_set_are_passed_over():
    strange = [{"kty": "new"}, public(RSAKey.generate_key(2048), use="enc"), 7]
    document = key_set(a_key()).replace("[", f"[{','.join(map(json.dumps, strange))}, ")

    assert [key.thumbprint for key in parse_key_set(document, skips_strange=True)] == [a_key().thumbprint()]
    with pytest.raises(InvalidKey):
        parse_key_set(document)


def test_a_set_of_nothing_but_strange_keys_is_none():
    with pytest.raises(InvalidKey, match="at least one"):
        parse_key_set('{"keys": [{"kty": "new"}]}', skips_strange=True)
