"""PKCE as legacy applications may use it: not at all, or plain, and S256 as everybody else."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from oauthcore.rules.errors.oauth import InvalidGrant, InvalidRequest
from oauthcore.rules.oauth import pkce
from oauthcore.rules.oauth.pkce import Challenge, accept_challenge, challenge_of
from oauthcore.rules.text.hidden_text import HiddenText

PLAIN = "a-plain-challenge.which_is~its-own-verifier"
S256 = challenge_of(PLAIN)

verifiers = st.text(string.ascii_letters + string.digits + "-._~", min_size=43, max_size=128)


def verify(challenge, code_verifier):
    pkce.verify(challenge, None if code_verifier is None else HiddenText(code_verifier))


def test_a_request_may_come_without_a_challenge():
    assert accept_challenge(None, None) == Challenge()


@pytest.mark.parametrize("method", [None, "plain", "S256"])
def test_but_not_where_one_is_required(method):
    with pytest.raises(InvalidRequest, match="code_challenge"):
        accept_challenge(None, method, is_required=True)


@pytest.mark.parametrize("method", ["plain", "S256", "none"])
def test_a_method_without_a_challenge_is_a_mistake(method):
    with pytest.raises(InvalidRequest, match="code_challenge"):
        accept_challenge(None, method)


@pytest.mark.rfc("7636", "4.3")
@pytest.mark.parametrize("is_required", [False, True])
@pytest.mark.parametrize("method", [None, "plain"])
def test_a_challenge_is_plain_where_that_is_said_or_nothing_is(method, is_required):
    assert accept_challenge(PLAIN, method, is_required=is_required) == Challenge(PLAIN, "plain")


@pytest.mark.parametrize("is_required", [False, True])
def test_s256_is_honoured_when_it_is_sent(is_required):
    assert accept_challenge(S256, "S256", is_required=is_required) == Challenge(S256, "S256")


@pytest.mark.parametrize(
    "method", ["s256", "PLAIN", "Plain", "S512", "none", "plain\n", " plain", "plain\x00", ""]
)
def test_no_other_method_is_known(method):
    with pytest.raises(InvalidRequest, match="S256"):
        accept_challenge(S256, method)


@pytest.mark.parametrize("challenge", [PLAIN, S256 + "A", S256[:-1], S256[:-1] + "=", ""])
def test_an_s256_challenge_has_the_shape_it_always_has(challenge):
    with pytest.raises(InvalidRequest, match="43 characters"):
        accept_challenge(challenge, "S256")


@pytest.mark.rfc("7636", "4.2")
@pytest.mark.parametrize(
    "challenge",
    ["", "c" * 42, "c" * 129, *(PLAIN + one for one in " +/=%é\n\x00"), "\uff43" * 43, "\ud800" + PLAIN],
    ids=ascii,
)
def test_a_plain_challenge_is_43_to_128_unreserved_characters(challenge):
    with pytest.raises(InvalidRequest, match="43 to 128"):
        accept_challenge(challenge, "plain")


@pytest.mark.parametrize("length", [43, 128])
def test_a_plain_challenge_of_either_length_is_accepted(length):
    assert accept_challenge("c" * length, None).text == "c" * length


@pytest.mark.rfc("7636", "4.6")
@given(verifiers)
def test_a_plain_challenge_is_opened_by_itself(verifier):
    verify(accept_challenge(verifier, None), verifier)


@given(verifiers, verifiers | st.text())
def test_a_plain_challenge_is_opened_by_nothing_else(one, other):
    assume(one != other)

    with pytest.raises(InvalidGrant):
        verify(Challenge(one, "plain"), other)


@pytest.mark.parametrize("challenge", [Challenge(PLAIN, "plain"), Challenge(S256, "S256")])
def test_whatever_was_bound_to_a_challenge_needs_a_verifier(challenge):
    with pytest.raises(InvalidGrant, match="missing"):
        verify(challenge, None)


def test_the_two_methods_are_not_mixed_up():
    verify(Challenge(S256, "S256"), PLAIN)

    for challenge, verifier in [
        (Challenge(S256, "S256"), S256),
        (Challenge(S256, "plain"), PLAIN),
        (Challenge(PLAIN, "plain"), S256),
        (Challenge(PLAIN, "S256"), PLAIN),
    ]:
        with pytest.raises(InvalidGrant):
            verify(challenge, verifier)


@pytest.mark.rfc("9700", "4.8.2")
@given(verifiers)
def test_a_verifier_where_no_challenge_was_sent_is_a_downgrade(verifier):
    with pytest.raises(InvalidGrant, match="downgrade"):
        verify(accept_challenge(None, None), verifier)


@pytest.mark.rfc("9700", "4.8.2")
def test_so_is_an_empty_one():
    with pytest.raises(InvalidGrant, match="downgrade"):
        verify(Challenge(), "")
