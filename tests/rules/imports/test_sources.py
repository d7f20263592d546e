"""What a text is looked up by, and what other packages store of it."""

from __future__ import annotations

from hashlib import sha512

from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.imports.foreign_secrets import (
    ForeignSecret,
    SignedSecret,
    chain_digest,
    may_be_foreign,
)
from oauthcore.rules.imports.knox import stored_digest
from oauthcore.rules.imports.purposes import purpose_digest
from oauthcore.rules.imports.simplejwt import jti_digest
from oauthcore.rules.imports.sources import MOST_BASES, SOURCES, base_digests
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import SecretKind


@given(text=st.text(st.characters(codec="utf-8")))
def test_with_every_source_a_text_has_the_most_digests(text):
    assert len(base_digests(text, SOURCES)) == MOST_BASES


@given(text=st.text(st.characters(codec="utf-8")))
def test_what_another_package_stores_finds_nothing_as_a_token_of_any_package(text):
    stored = sha512(text.encode()).hexdigest()

    assert stored_digest(stored, "sha512") not in base_digests(stored, SOURCES)


def test_no_text_stands_for_the_jti_of_a_token_or_for_the_prefix_of_a_key():
    spelled = "\0simplejwt\0jti\0a1b2"

    assert base_digests(spelled, SOURCES)[0] == jti_digest("a1b2")
    for text in (spelled, "é" * 40, "a\n", "x" * 8193):
        assert not may_be_foreign(HiddenText(text))
    assert may_be_foreign(HiddenText("x" * 8192))


def test_digests_of_different_purposes_differ():
    purposes = [("knox", "sha512"), ("api-key", "sha512"), ("knox", "prefix")]

    assert len({purpose_digest(*one, b"value") for one in purposes}) == 3


def test_a_signed_token_is_looked_up_by_its_jti_alone():
    text = HiddenText("eyJ.eyJ.x")
    found = SignedSecret(SecretKind.REFRESH, text, SOURCES, "a1b2")

    assert found.turn == jti_digest("a1b2")
    assert found.digest == chain_digest(jti_digest("a1b2"))
    assert found.digests[-1] == found.digest
    assert ForeignSecret(SecretKind.REFRESH, text, SOURCES).digest != found.digest
