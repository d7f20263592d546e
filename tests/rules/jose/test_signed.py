"""Signed JWTs: few algorithms, one type, no extensions, and a key of ours (RFC 7515, 7519, 8725)."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.jose.problems import InvalidJWT, UnknownKey
from oauthcore.rules.jose.public_keys import ALGORITHMS, parse_key, parse_key_set
from oauthcore.rules.jose.signed import LONGEST, parse, verify
from tests.support.jose import a_key, encoded, key_set, new_key, public, signed

TYPES = ("JWT", None)
CLAIMS = {"sub": "ada"}


def verified(text, *keys):
    return verify(parse(text, types=TYPES), [parse_key(public(one)) for one in keys or [a_key()]])


@pytest.mark.rfc("7518", "3.1")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_of_each_algorithm_is_checked_with_its_key(algorithm):
    key = a_key(algorithm)

    jwt = parse(signed(CLAIMS, key, header={"alg": algorithm}), types=TYPES)

    assert jwt.claims == CLAIMS
    assert verify(jwt, [parse_key(public(key))]).thumbprint == key.thumbprint()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_of_another_key_is_wrong(algorithm):
    text = signed(CLAIMS, new_key(algorithm), header={"alg": algorithm})

    with pytest.raises(InvalidJWT, match="signature"):
        verified(text, a_key(algorithm))


@pytest.mark.parametrize("part", [0, 1])
def test_what_was_changed_after_it_was_signed_is_refused(part):
    parts = signed(CLAIMS).split(".")
    parts[part] = encoded({"alg": "ES256", "typ": "JWT", "sub": "grace"})

    with pytest.raises(InvalidJWT, match="signature"):
        verified(".".join(parts))


@pytest.mark.rfc("8725", "3.1")
@pytest.mark.parametrize(
    "alg", ["none", "None", "HS256", "HS512", "ES384", "RS512", "ES256K", 1, ["ES256"], {}, None]
)
def test_another_algorithm_is_refused(alg):
    with pytest.raises(InvalidJWT, match="algorithm"):
        parse(signed(CLAIMS, header={"alg": alg}), types=TYPES)


@pytest.mark.rfc("8725", "2.1")
def test_a_public_key_is_no_secret_for_an_hmac():
    shared = json.dumps(public(a_key("RS256"))).encode()
    signing_input = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded(CLAIMS)}"
    mac = hmac.new(shared, signing_input.encode(), hashlib.sha256).digest()

    with pytest.raises(InvalidJWT, match="algorithm"):
        parse(f"{signing_input}.{encoded(mac)}", types=TYPES)


@pytest.mark.rfc("8725", "3.1")
def test_a_key_checks_signatures_of_its_own_algorithm_only():
    key = a_key("RS256")
    text = signed(CLAIMS, key, header={"alg": "PS256"})

    assert verified(text, key)
    with pytest.raises(UnknownKey):
        verify(parse(text, types=TYPES), [parse_key(public(key, alg="RS256"))])
    with pytest.raises(UnknownKey):
        verified(text, a_key("ES256"))


@pytest.mark.rfc("8725", "3.11")
@pytest.mark.parametrize("typ", ["at+jwt", "dpop+jwt", "jwt ", "", 5, ["JWT"], {}])
def test_a_jwt_of_another_type_is_refused(typ):
    with pytest.raises(InvalidJWT, match="type"):
        parse(signed(CLAIMS, header={"typ": typ}), types=TYPES)


def test_a_type_may_be_left_out_only_where_it_may():
    text = signed(CLAIMS, header={"typ": None})

    assert parse(text, types=TYPES)
    with pytest.raises(InvalidJWT, match="type"):
        parse(text, types=("JWT",))


@pytest.mark.rfc("7515", "4.1.11")
@pytest.mark.parametrize(
    "header", [{"crit": ["exp"]}, {"crit": []}, {"b64": False}, {"crit": ["b64"], "b64": True}]
)
def test_an_extension_that_must_be_understood_is_not(header):
    with pytest.raises(InvalidJWT, match="extension"):
        parse(signed(CLAIMS, header=header), types=TYPES)


@pytest.mark.rfc("7515", "4")
def test_other_members_of_the_header_are_passed_over():
    assert verified(signed(CLAIMS, header={"x-anything": [1], "jku": "https://evil.example/keys"}))


@pytest.mark.rfc("8725", "3.10")
@pytest.mark.parametrize(
    "kid",
    ["", "a" * 256, 7, ["a"], {}, "no such key", "../../dev/null", "' OR 1=1 --", "https://evil.example"],
)
def test_a_kid_chooses_among_the_keys_and_does_nothing_else(kid):
    with pytest.raises(InvalidJWT):
        verified(signed(CLAIMS, header={"kid": kid}))


def test_a_key_is_known_by_its_kid_or_by_its_thumbprint():
    first, second = new_key(), new_key()
    keys = parse_key_set(key_set(public(first, kid="first"), second))

    for key, kid in ((first, "first"), (second, second.thumbprint())):
        jwt = parse(signed(CLAIMS, key, header={"kid": kid}), types=TYPES)
        assert verify(jwt, keys).name == kid
    with pytest.raises(InvalidJWT, match="signature"):
        verify(parse(signed(CLAIMS, second, header={"kid": "first"}), types=TYPES), keys)


def test_without_a_kid_each_key_that_fits_is_tried():
    keys = [new_key(), new_key("EdDSA"), new_key()]

    assert verified(signed(CLAIMS, keys[2]), *keys).thumbprint == keys[2].thumbprint()


@pytest.mark.rfc("8725", "3.10")
def test_a_key_in_the_header_proves_nothing():
    own = new_key()

    with pytest.raises(InvalidJWT, match="signature"):
        verified(signed(CLAIMS, own, header={"jwk": public(own)}))


@pytest.mark.rfc("8725", "2.7")
def test_a_jwt_that_is_too_long_is_not_looked_at():
    text = signed({"sub": "a" * LONGEST})

    with pytest.raises(InvalidJWT, match="longer"):
        parse(text, types=TYPES)


TWICE = b'{"sub": "a", "sub": "b"}'
HEAD = encoded({"alg": "ES256", "typ": "JWT"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a.b",
        f"{HEAD}.{encoded(CLAIMS)}",
        f"{HEAD}.{encoded(CLAIMS)}.a.b",
        f"{HEAD}.{encoded([])}.",
        f"{encoded([])}.{encoded(CLAIMS)}.",
        f"{HEAD}.{encoded(b'{')}.",
        f"{HEAD}.{encoded(TWICE)}.",
        f"{HEAD}.{encoded(b'[' * 3000)}.",
        f"{HEAD}.{encoded(CLAIMS)}.=",
        f"{HEAD}.{encoded(CLAIMS)}=.",
        f"{HEAD}.{encoded(CLAIMS)}.é",
        f"{HEAD}.{encoded(CLAIMS)}.\ud800",
        f"{HEAD}.{encoded(CLAIMS)}.a+b/",
        f"{HEAD}.{encoded(CLAIMS)}.AB",
    ],
)
def test_what_is_no_signed_jwt_is_refused(text):
    with pytest.raises(InvalidJWT):
        parse(text, types=TYPES)


@given(st.text(max_size=60) | st.lists(st.sampled_from([HEAD, ".", "e30", "bnVsbA", "W10"])).map("".join))
def test_any_text_is_refused_or_read(text):
    try:
        jwt = parse(text, types=TYPES)
    except InvalidJWT:
        return
    with pytest.raises(InvalidJWT):
        verify(jwt, [parse_key(public(a_key()))])


@pytest.mark.parametrize("signature", [b"", b"\x00" * 64, b"\xff" * 64, b"a" * 63, b"a" * 512])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_that_is_none_is_wrong(algorithm, signature):
    text = f"{encoded({'alg': algorithm})}.{encoded(CLAIMS)}.{encoded(signature)}"

    with pytest.raises(InvalidJWT, match="signature"):
        verified(text, a_key(algorithm))
