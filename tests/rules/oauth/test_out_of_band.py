"""The address that is none, ``urn:ietf:wg:oauth:2.0:oob``, and what of an address may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND, problem_with, without_query
from tests.support.prefixes import REGISTERED


@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        (OUT_OF_BAND, None),
        (f"{OUT_OF_BAND}:auto", "One or two slashes"),
        ("http://client.example/cb", "https"),
    ],
)
def test_a_legacy_application_may_register_the_out_of_band_address_and_nothing_else_besides(uri, problem):
    found = problem_with(uri, is_legacy=True)

    assert found is None if problem is None else problem in (found or "")


@pytest.mark.parametrize(
    "uri", [OUT_OF_BAND.upper(), f" {OUT_OF_BAND}", f"{OUT_OF_BAND}#x", f"{OUT_OF_BAND}\n"]
)
def test_the_out_of_band_address_is_one_string(uri):
    assert problem_with(uri, is_legacy=True)


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        (REGISTERED, REGISTERED),
        (f"{REGISTERED}?code=secret", REGISTERED),
        (f"{REGISTERED}#access_token=secret", REGISTERED),
        (f"{REGISTERED}#x?code=secret", REGISTERED),
        (f"{REGISTERED}?x#y", REGISTERED),
        ("?", ""),
    ],
)
def test_what_follows_the_path_is_not_shown_to_anybody(uri, shown):
    assert without_query(uri) == shown


@given(st.text())
def test_and_nothing_but_that_is_cut_off(uri):
    assert uri.startswith(without_query(uri))
    assert not set("?#") & set(without_query(uri))
