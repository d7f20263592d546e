"""Parameters of answers in a redirect URI: never registered, and taken out of what is there."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.oauth.answer_parameters import (
    ANSWER_PARAMETERS,
    brings_answer_parameters,
    without_answer_parameters,
)
from oauthcore.rules.oauth.redirect_uris import problem_with

CALLBACK = "https://client.example/cb"
LEFT = {
    "state=x": "",
    "state": "",
    "state=&tenant=1": "?tenant=1",
    "tenant=1&state=x": "?tenant=1",
    "tenant=1&code=x&lang=de": "?tenant=1&lang=de",
    "code=x&code=y&iss=z": "",
    "%63ode=x&a=%2F": "?a=%2F",
    "code%5B%5D=x": "",
    "code[0]=x&&a": "?a",
    "a=1;code=x": "?a=1",
    "+code=x": "",
    "access_token=x&error=y&error_description=z&iss=w": "",
}


@pytest.mark.parametrize("query", LEFT)
@pytest.mark.parametrize("lead", [CALLBACK, "com.example.app:/cb", "http://127.0.0.1/cb"])
def test_a_parameter_of_answers_cannot_be_registered_and_is_left_out_where_it_is(lead, query):
    uri = f"{lead}?{query}"

    assert brings_answer_parameters(uri)
    assert "none of the names that answers have" in (problem_with(uri) or "")
    assert problem_with(uri, is_registered=True) is None
    assert without_answer_parameters(uri) == f"{lead}{LEFT[query]}"


@pytest.mark.parametrize(
    "query",
    ["", "tenant=1", "State=x", "mycode=1", "code.x=1", "a=code", "a=1&&b", "&a", "x=state=1", "statecode"],
)
def test_any_other_parameter_stays_as_it_is_written(query):
    uri = f"{CALLBACK}?{query}"

    assert problem_with(uri) is None
    assert without_answer_parameters(uri) == uri


def test_what_is_in_the_path_is_no_parameter():
    assert without_answer_parameters(f"{CALLBACK}/code=1&state=2") == f"{CALLBACK}/code=1&state=2"


names = st.sampled_from([*ANSWER_PARAMETERS, "tenant", "lang", "a", ""])
queries = st.lists(st.tuples(names, st.sampled_from(["", "1", "a b"])), max_size=6)


@given(queries)
def test_nothing_else_is_lost(pairs):
    query = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in pairs)

    left = urlsplit(without_answer_parameters(f"{CALLBACK}?{query}")).query

    kept = [pair for pair in pairs if pair[0] not in ANSWER_PARAMETERS]
    assert parse_qsl(left, keep_blank_values=True) == kept or not query
