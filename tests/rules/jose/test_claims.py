"""When a JWT stands, and for whom (RFC 7519 §4.1)."""

from __future__ import annotations

import pytest

from oauthcore.rules.jose.claims import LEEWAY, check_audience, check_lifetime, check_made, text
from oauthcore.rules.jose.problems import InvalidJWT

NOW = 1_900_000_000.5
MOST = 300
YEARS = 10 * 365 * 24 * 60 * 60


@pytest.mark.rfc("7519", "4.1.4")
@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW + 1},
        {"exp": int(NOW) + MOST},
        {"exp": NOW + 60, "iat": NOW, "nbf": NOW},
        {"exp": NOW + MOST + LEEWAY, "iat": NOW + LEEWAY},
        {"exp": NOW + 1, "iat": NOW + 1 - MOST},
    ],
)
def test_a_jwt_stands_until_it_expires(claims):
    assert check_lifetime(claims, now=NOW, most=MOST) == claims["exp"]


@pytest.mark.rfc("7519", "4.1.4")
@pytest.mark.rfc("7519", "4.1.5")
@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({}, "never expires"),
        ({"exp": NOW}, "has expired"),
        ({"exp": NOW - 1}, "has expired"),
        ({"exp": NOW + MOST + 1}, "more than 300"),
        ({"exp": NOW + YEARS}, "more than 300"),
        ({"exp": 10**90}, "more than 300"),
        ({"exp": NOW + 1, "iat": NOW - MOST}, "more than 300"),
        ({"exp": NOW + 60, "iat": 0}, "more than 300"),
        ({"exp": NOW + 60, "iat": NOW + LEEWAY + 1}, "not stand yet"),
        ({"exp": NOW + 60, "nbf": NOW + LEEWAY + 1}, "not stand yet"),
        *(({"exp": value}, "no moment") for value in (None, True, "1900000100", [], {}, -1)),
        ({"exp": NOW + 60, "iat": "now"}, "no moment"),
        ({"exp": NOW + 60, "nbf": False}, "no moment"),
    ],
)
def test_a_jwt_that_is_over_or_not_yet_or_for_long_is_refused(claims, why):
    with pytest.raises(InvalidJWT, match=why):
        check_lifetime(claims, now=NOW, most=MOST)


def test_a_jwt_may_have_to_say_when_it_was_made():
    assert check_lifetime({"exp": NOW + 9, "iat": NOW}, now=NOW, most=MOST, is_dated=True)
    with pytest.raises(InvalidJWT, match="when it was made"):
        check_lifetime({"exp": NOW + 9}, now=NOW, most=MOST, is_dated=True)


@pytest.mark.parametrize("made", [NOW - 60, NOW, NOW + LEEWAY])
def test_a_proof_stands_for_a_while_after_it_was_made(made):
    assert check_made({"iat": made}, now=NOW, oldest=60) == made


@pytest.mark.parametrize("claims", [{}, {"iat": NOW - 61}, {"iat": NOW + LEEWAY + 1}, {"iat": "now"}])
def test_a_proof_is_neither_old_nor_from_the_future(claims):
    with pytest.raises(InvalidJWT):
        check_made(claims, now=NOW, oldest=60)


@pytest.mark.rfc("7519", "4.1.3")
def test_the_audience_is_one_text_and_ours():
    check_audience({"aud": "https://example.com"}, ["https://example.com"])
    for other in ("https://example.com/", "", None, 7, ["https://example.com"], {}, "a" * 5000):
        with pytest.raises(InvalidJWT):
            check_audience({"aud": other}, ["https://example.com"])


def test_a_name_is_a_text_of_some_length():
    assert text({"jti": "a"}, "jti") == "a"
    for other in ({}, {"jti": ""}, {"jti": None}, {"jti": 7}, {"jti": "a" * 256}):
        with pytest.raises(InvalidJWT, match="jti"):
            text(other, "jti")
