"""PKCE: the challenge of a request, and the verifier that opens its code."""

from __future__ import annotations

import string
from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from oauthcore.rules.errors.oauth import InvalidGrant, InvalidRequest
from oauthcore.rules.oauth import pkce
from oauthcore.rules.text.hidden_text import HiddenText

# RFC 7636 appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

UNRESERVED = string.ascii_letters + string.digits + "-._~"
verifiers = st.text(UNRESERVED, min_size=43, max_size=128)


def verify(challenge, code_verifier):
    pkce.verify(challenge, None if code_verifier is None else HiddenText(code_verifier))


def s256(text: str) -> pkce.Challenge:
    return pkce.Challenge(text, "S256")


@pytest.mark.rfc("7636", "B")
def test_the_challenge_of_the_rfcs_example_is_the_rfcs():
    assert pkce.challenge_of(VERIFIER) == CHALLENGE
    verify(s256(CHALLENGE), VERIFIER)


@pytest.mark.rfc("7636", "4.6")
@given(verifiers)
def test_a_verifier_opens_its_own_challenge(verifier):
    challenge = pkce.challenge_of(verifier)

    assert pkce.require_challenge(challenge, "S256") == s256(challenge)
    verify(s256(challenge), verifier)


@given(verifiers, verifiers)
def test_a_verifier_opens_no_other_challenge(one, other):
    assume(one != other)

    with pytest.raises(InvalidGrant):
        verify(s256(pkce.challenge_of(one)), other)


@pytest.mark.rfc("7636", "4.1")
@pytest.mark.parametrize("length", [43, 128])
def test_a_verifier_has_43_to_128_characters(length):
    verify(s256(pkce.challenge_of("v" * length)), "v" * length)


@pytest.mark.rfc("7636", "4.1")
@pytest.mark.parametrize("character", [" ", "é", "\x00", "\n", "+", "/", "=", "%", "\uff21", "\ud800"])
@pytest.mark.parametrize("place", [0, 20, 43])
def test_a_verifier_with_any_other_character_is_refused_even_if_the_challenge_was_made_of_it(
    character, place
):
    verifier = VERIFIER[:place] + character + VERIFIER[place:]
    digest = sha256(verifier.encode("utf-8", "surrogatepass")).digest()

    with pytest.raises(InvalidGrant):
        verify(s256(urlsafe_b64encode(digest).decode().rstrip("=")), verifier)


@pytest.mark.parametrize("verifier", ["v" * 42, "v" * 129, "", None])
def test_a_verifier_that_is_missing_or_of_another_length_is_refused(verifier):
    challenge = CHALLENGE if verifier is None else pkce.challenge_of(verifier)

    with pytest.raises(InvalidGrant):
        verify(s256(challenge), verifier)


def test_the_challenge_is_not_its_own_verifier():
    with pytest.raises(InvalidGrant):
        verify(s256(CHALLENGE), CHALLENGE)


@given(st.text())
def test_verifying_gives_nothing_but_a_refusal(verifier):
    with pytest.raises(InvalidGrant):
        verify(s256(CHALLENGE), verifier)


@pytest.mark.rfc("9700", "4.8.2")
def test_a_verifier_for_a_code_without_challenge_is_a_downgrade():
    with pytest.raises(InvalidGrant):
        verify(pkce.Challenge(), VERIFIER)


def test_a_code_without_challenge_needs_no_verifier():
    verify(pkce.Challenge(), None)


@pytest.mark.rfc("7636", "4.4.1")
def test_a_request_without_challenge_is_refused():
    with pytest.raises(InvalidRequest, match="code_challenge"):
        pkce.require_challenge(None, "S256")


@pytest.mark.rfc("7636", "4.3")
@pytest.mark.parametrize("method", [None, "plain", "s256", "S512", "none", "plain\x00garbage", "S256\n", ""])
def test_a_method_other_than_s256_is_refused_and_a_missing_one_means_plain(method):
    with pytest.raises(InvalidRequest, match="S256"):
        pkce.require_challenge(CHALLENGE, method)


@pytest.mark.rfc("7636", "4.2")
@pytest.mark.parametrize(
    "challenge",
    [
        CHALLENGE[:-1],
        CHALLENGE + "A",
        CHALLENGE + "=",
        CHALLENGE + "\n",
        *(CHALLENGE[:-1] + character for character in "=+/ é.~\n"),
        "",
    ],
)
def test_a_challenge_is_43_characters_of_base64url(challenge):
    with pytest.raises(InvalidRequest, match="43 characters"):
        pkce.require_challenge(challenge, "S256")


@pytest.mark.parametrize("method", ["S256", "plain"])
def test_a_challenge_with_other_characters_than_a_request_may_have_belongs_to_no_verifier(method):
    with pytest.raises(InvalidGrant, match="does not belong"):
        verify(pkce.Challenge("é" * 43, method), VERIFIER)
