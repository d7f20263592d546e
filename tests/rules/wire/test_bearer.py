"""The Bearer scheme: one header, one token; and a challenge that no value breaks out of."""

from __future__ import annotations

import re
from urllib.request import parse_keqv_list

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.errors.resources import InvalidToken
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.wire.bearer import challenge, token_in

tokens = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=","), min_size=1)


@pytest.mark.rfc("6750", "2.1")
@given(st.sampled_from(["Bearer", "bearer", "BEARER"]), st.integers(1, 3), tokens)
def test_the_token_is_what_stands_behind_the_scheme(scheme, spaces, token):
    assert token_in(scheme + " " * spaces + token) == HiddenText(token)


@pytest.mark.parametrize(
    "authorization", [None, "", " ", "Basic aWQ6c2VjcmV0", "Bearers abc", "Bearer-x abc"]
)
def test_another_scheme_or_none_carries_no_token_of_ours(authorization):
    assert token_in(authorization) is None


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer ",
        "Bearer\t",
        "Bearer\tabc",
        "Bearer=abc",
        "Bearer:abc",
        'Bearer"abc"',
        "Bearer a b",
        "Bearer abc\x00",
        "Bearer a\nb",
        "Bearer é",
        "Bearer abc\u00a0",
        "Bearer " + "x" * 4097,
    ],
)
def test_a_bearer_header_without_a_token_is_refused_and_not_passed_over(authorization):
    with pytest.raises(InvalidToken):
        token_in(authorization)


@pytest.mark.rfc("6750", "3.1")
@pytest.mark.parametrize(
    "authorization", ["Bearer a,Bearer b", "Bearer a, Basic b", "Bearer,Bearer a", "Bearer a,"]
)
def test_headers_that_a_server_joined_are_refused(authorization):
    with pytest.raises(InvalidRequest, match="one Authorization header"):
        token_in(authorization)


@given(st.text() | st.text().map("Bearer{}".format) | st.text().map("bearer {}".format))
def test_whatever_is_sent_gives_a_token_or_none_or_a_refusal(authorization):
    try:
        token = token_in(authorization)
    except (InvalidRequest, InvalidToken):
        assert authorization.strip(" \t").lower().startswith("bearer")
        return
    assert token is None or re.fullmatch(r"[\x21-\x7e]{1,4096}", token.reveal())


@given(st.text().map("Bearer {}".format))
def test_a_bearer_header_never_falls_through(authorization):
    try:
        token = token_in(authorization)
    except (InvalidRequest, InvalidToken):
        return
    assert token is not None


@pytest.mark.rfc("6750", "3")
@given(st.dictionaries(st.sampled_from(["realm", "error", "error_description", "scope"]), st.text()))
def test_no_value_breaks_out_of_its_quotes(attributes):
    header = challenge("Bearer", **attributes)

    read = parse_keqv_list(re.findall(r'[a-z_]+="[^"]*"', header))
    assert header.count('"') == 2 * len(attributes)
    assert re.fullmatch(r"[\x20-\x5b\x5d-\x7e]*", header)
    assert read.keys() == attributes.keys()


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters='"\\')))
def test_a_value_that_may_stand_in_quotes_stands_there_unchanged(value):
    assert challenge("Bearer", realm=value) == f'Bearer realm="{value}"'


def test_attributes_keep_their_order_and_absent_ones_are_left_out():
    assert challenge("Basic", realm="a", error=None, charset="UTF-8") == 'Basic realm="a", charset="UTF-8"'
    assert challenge("Bearer", realm="a\r\nb", error='"\\') == 'Bearer realm="ab", error=""'


@pytest.mark.parametrize("attributes", [{}, {"error": None}])
def test_a_challenge_without_attributes_is_the_scheme(attributes):
    assert challenge("Bearer", **attributes) == "Bearer"
