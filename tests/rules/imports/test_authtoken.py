"""Keys of authtoken are in the table in clear; here only their digest is stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.imports.authtoken import stored_digest
from oauthcore.rules.imports.purposes import LeftOut
from oauthcore.rules.imports.values import hint_of
from oauthcore.rules.tokens.secrets import digest_of


@given(key=st.text("0123456789abcdef", min_size=40, max_size=40))
def test_a_key_is_found_by_its_digest(key):
    assert stored_digest(key) == digest_of(key)
    assert hint_of(key) == key[36:]


@pytest.mark.parametrize("key", ["", "short", "a" * 41, "a b" * 10, "ä" * 40, "a" * 39 + "\n"])
def test_a_key_that_cannot_be_sent_or_is_too_short_is_left_out(key):
    with pytest.raises(LeftOut, match="20 to 40 printable ASCII"):
        stored_digest(key)
