"""Tokens of Knox are found by a digest of the digest that Knox stores."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.imports.knox import (
    ALGORITHMS,
    algorithm_called,
    digests_of_text,
    end_of,
    stored_digest,
)
from oauthcore.rules.tokens.secrets import digest_of

algorithms = st.sampled_from(sorted(ALGORITHMS))


@given(text=st.text(st.characters(codec="utf-8")), algorithm=algorithms)
def test_the_text_and_the_stored_digest_lead_to_the_same_row(text, algorithm):
    stored = hashlib.new(algorithm, text.encode()).hexdigest()

    assert stored_digest(stored, algorithm) in digests_of_text(text)


@given(text=st.text(), algorithm=algorithms)
def test_what_knox_stores_is_no_token(text, algorithm):
    stored = hashlib.new(algorithm, text.encode("utf-8", "surrogatepass")).hexdigest()
    found = stored_digest(stored, algorithm)

    assert found not in (digest_of(stored), *digests_of_text(stored))


@given(digest=st.text(), algorithm=algorithms)
def test_a_damaged_digest_is_left_out(digest, algorithm):
    with pytest.raises(ValueError, match="hexadecimal digits"):
        stored_digest(digest[:63], algorithm)


def test_a_digest_of_another_length_is_left_out():
    with pytest.raises(ValueError, match="128 hexadecimal digits"):
        stored_digest("0" * 64, "sha512")


def test_a_digest_with_other_digits_is_left_out():
    with pytest.raises(ValueError, match="hexadecimal digits"):
        stored_digest("g" * 128, "sha512")


@pytest.mark.parametrize(
    ("path", "name"),
    [("hashlib.sha512", "sha512"), ("hashlib.openssl_sha256", "sha256"), ("hashlib.sha3_256", "sha3_256")],
)
def test_the_algorithm_is_read_from_the_setting(path, name):
    assert algorithm_called(path) == name


def test_an_unknown_algorithm_is_named():
    with pytest.raises(ValueError, match=r"site\.hashes\.Slow"):
        algorithm_called("site.hashes.Slow")


NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("expiry", "renewed_until", "most", "ends_at"),
    [
        (None, None, None, None),
        (None, NOW + HOUR, None, None),
        (NOW + HOUR, None, None, NOW + HOUR),
        (NOW + HOUR, NOW + 5 * HOUR, None, NOW + 5 * HOUR),
        (NOW + 9 * HOUR, NOW + 5 * HOUR, None, NOW + 9 * HOUR),
        (NOW + HOUR, NOW + 5 * HOUR, 3 * HOUR, NOW + 3 * HOUR),
        (NOW + 4 * HOUR, NOW + 5 * HOUR, 3 * HOUR, NOW + 4 * HOUR),
    ],
)
def test_a_token_that_knox_renews_ends_later_but_never_earlier(expiry, renewed_until, most, ends_at):
    assert end_of(expiry, created_at=NOW, renewed_until=renewed_until, most=most) == ends_at
