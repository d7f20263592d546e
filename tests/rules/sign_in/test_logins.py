"""Logins: one person is one person, however the login is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.sign_in.logins import as_typed, one_spelling


@pytest.mark.parametrize(
    "login",
    ["Ada", " ada ", "ADA", "\uff21da", "a\u200bda", "ad\u00ada", "\u2060ada", "\u200b ada", "ada\u3000"],
)
def test_case_width_spaces_and_what_nobody_sees_make_no_other_login(login):
    assert one_spelling(login) == "ada"


@pytest.mark.parametrize(
    ("one", "other"),
    [("\u017fam", "sam"), ("stra\u00dfe", "STRASSE"), ("\u1e9ee", "SSe"), ("\u0130", "i\u0307")],
)
def test_letters_that_fold_into_one_another_make_no_other_login(one, other):
    assert one_spelling(one) == one_spelling(other)


def test_another_letter_makes_another_login():
    assert len({one_spelling(login) for login in ("ada", "ad\u00e0", "\u0430da", "a da", "\u0131da")}) == 5


def test_a_login_is_looked_up_in_the_case_it_was_typed_in():
    assert as_typed(" \uff21da\u200b ") == "Ada"


@given(st.text())
def test_one_spelling_is_spelt_in_one_way(login):
    assert one_spelling(one_spelling(login)) == one_spelling(login)
    assert one_spelling(as_typed(login)) == one_spelling(login)
    assert one_spelling(f" {login}\u200b") == one_spelling(login)
