"""API keys are found by a digest of their SHA-512 or, with a slow hash, by their prefix."""

from __future__ import annotations

from hashlib import sha512

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.imports.api_key import digest_of_prefix, digest_of_text, stored_key
from oauthcore.rules.tokens.secrets import digest_of

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
prefixes = st.text(ALPHABET, min_size=8, max_size=8)
secrets = st.text(ALPHABET, min_size=32, max_size=32)
PBKDF2 = "pbkdf2_sha256$260000$salt$aGFzaA=="


@given(prefix=prefixes, secret=secrets)
def test_the_key_and_its_row_lead_to_the_same_digest(prefix, secret):
    key = f"{prefix}.{secret}"

    stored = stored_key(prefix, f"sha512$${sha512(key.encode()).hexdigest()}")

    assert (stored.digest, stored.encoded) == (digest_of_text(key), None)


@given(prefix=prefixes, secret=secrets)
def test_a_key_with_a_slow_hash_is_found_by_its_prefix(prefix, secret):
    stored = stored_key(prefix, PBKDF2)

    assert stored.digest == digest_of_prefix(f"{prefix}.{secret}")
    assert stored.encoded == PBKDF2


@given(prefix=prefixes, secret=secrets)
def test_what_the_table_holds_is_no_key(prefix, secret):
    key = f"{prefix}.{secret}"
    hashed = sha512(key.encode()).hexdigest()
    stored = stored_key(prefix, f"sha512$${hashed}").digest

    assert stored not in [digest_of(hashed), digest_of_text(hashed), digest_of_text(f"sha512$${hashed}")]


@given(text=st.text())
def test_any_text_may_be_asked_for(text):
    assert len(digest_of_text(text)) == 32
    assert digest_of_prefix(text) is None or "." in text


@pytest.mark.parametrize("text", ["", "a", ".secret", "a b.secret", "x" * 33 + ".secret"])
def test_a_text_without_prefix_is_no_key(text):
    assert digest_of_prefix(text) is None


@pytest.mark.parametrize("prefix", ["", "a.b", "a b", "ü", "x" * 33])
def test_a_damaged_prefix_is_left_out(prefix):
    with pytest.raises(ValueError, match="prefix"):
        stored_key(prefix, PBKDF2)


@pytest.mark.parametrize("hashed", ["", "plain", "sha512$$abc", "sha512$", "$pbkdf2", "!unusable"])
def test_a_damaged_hash_is_left_out(hashed):
    with pytest.raises(ValueError, match="hashed_key"):
        stored_key("abcdefgh", hashed)
