"""TOTP: the codes of RFC 6238, one step of drift, and no code twice."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.sign_in.totp import (
    STEP,
    as_typed,
    code_at,
    is_code,
    key_as_text,
    key_from_text,
    matching_step,
    new_key,
    provisioning_uri,
)

#: The key of RFC 6238, Appendix B, for SHA-1; its codes have eight digits, of which ours are the last six.
RFC_KEY = b"12345678901234567890"
RFC_CODES = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}

steps = st.integers(0, 2**40)


@pytest.mark.rfc("6238", "Appendix B")
@pytest.mark.parametrize(("seconds", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_rfc(seconds, code):
    assert code_at(RFC_KEY, seconds // STEP) == code[-6:]
    assert matching_step(RFC_KEY, code[-6:], now=seconds, after=-1) == seconds // STEP


@pytest.mark.rfc("6238", "5.2")
@pytest.mark.parametrize(("drift", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
@pytest.mark.parametrize("into_the_step", [0, 29.999])
def test_one_step_of_drift_is_allowed_either_way(drift, is_taken, into_the_step):
    step = 63_113_904
    code = code_at(RFC_KEY, step + drift)

    found = matching_step(RFC_KEY, code, now=step * STEP + into_the_step, after=-1)

    assert found == (step + drift if is_taken else None)


@pytest.mark.rfc("6238", "5.2")
@given(steps, st.integers(-1, 1), st.integers(-3, 3))
def test_only_a_step_later_than_the_last_one_counts(step, drift, after):
    drift = max(drift, -step)

    found = matching_step(RFC_KEY, code_at(RFC_KEY, step + drift), now=step * STEP, after=step + after)

    # Two of three neighbours may by chance have one code: then the later one counts.
    assert found is None or found > step + after
    assert (found is not None) or drift <= after


def test_near_the_epoch_no_step_is_negative():
    assert matching_step(RFC_KEY, code_at(RFC_KEY, 0), now=0, after=-1) == 0
    assert matching_step(RFC_KEY, code_at(RFC_KEY, 1), now=0, after=-1) == 1
    assert matching_step(RFC_KEY, code_at(RFC_KEY, 5), now=0, after=-1) is None


@pytest.mark.parametrize(
    "text",
    ["", "28708", "2870820", "287 08", "+28708", "28708\n", "\uff12\uff18\uff17\uff10\uff18\uff12", "٢٨٧٠٨٢"],
)
def test_nothing_but_six_ascii_digits_is_a_code(text):
    assert not is_code(text)
    assert matching_step(RFC_KEY, text, now=59, after=-1) is None


@pytest.mark.parametrize(
    "text", ["287082", "287 082", "28 70 82", "2 8 7 0 8 2", " 287082", "287082 ", "\t287 082\n"]
)
def test_people_may_type_it_in_groups_with_a_space_between(text):
    assert as_typed(text) == "287082"


@pytest.mark.parametrize(
    "text",
    ["+287082", "-287082", "287-082", "287  082", "287\t082", "287\n082", "287\xa0082", "287.082", "287,082"],
)
def test_signs_and_other_spaces_make_it_no_code(text):
    assert not is_code(as_typed(text))
    assert not is_code(as_typed(text + " "))


@given(steps)
def test_a_code_has_six_digits_leading_zeros_and_all(step):
    assert is_code(code_at(RFC_KEY, step))


def test_keys_have_160_bits_and_are_never_made_twice():
    keys = {new_key() for _ in range(1000)}

    assert len(keys) == 1000
    assert {len(key) for key in keys} == {20}


@given(st.binary(min_size=20, max_size=20))
def test_a_key_is_typed_as_32_characters_of_base32(key):
    text = key_as_text(key)

    assert len(text) == 32
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert key_from_text(text) == key


def test_what_is_no_base32_is_no_key():
    with pytest.raises(ValueError, match="Non-base32"):
        key_from_text("1" * 32)


@given(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), st.text(max_size=40, alphabet="aé +:&%/@")
)
def test_the_address_for_apps_names_site_and_person_whatever_they_are_called(issuer, account):
    uri = provisioning_uri(RFC_KEY, issuer=issuer, account=account)

    parts = urlsplit(uri)
    # A plus would be shown as it is by some apps, so spaces are never written as one.
    assert "+" not in uri
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == f"/{issuer}:{account}"
    assert parse_qs(parts.query) == {
        "secret": [key_as_text(RFC_KEY)],
        "issuer": [issuer],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }
