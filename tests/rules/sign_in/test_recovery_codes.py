"""Recovery codes: their form, how people type them, and what is stored."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.sign_in.recovery_codes import as_typed, digest_of, is_code, make

SALT = UUID("6f1c2a34-0000-4000-8000-000000000001")


def test_a_code_is_four_groups_of_four_letters_and_digits_that_look_like_no_other():
    for _ in range(200):
        assert re.fullmatch(r"([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}", make().reveal())


def test_codes_are_80_bits_that_all_vary():
    made = [as_typed(make().reveal()) for _ in range(500)]

    assert len(set(made)) == 500
    for place in range(16):
        assert len({code[place] for code in made}) == 32


@pytest.mark.parametrize(
    "spelling",
    [
        str.upper,
        str.title,
        " {} ".format,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " - "),
    ],
)
def test_case_dashes_and_spaces_make_no_other_code(spelling):
    code = make().reveal()

    assert as_typed(spelling(code)) == as_typed(code)
    assert is_code(as_typed(spelling(code)))
    assert digest_of(spelling(code), salt=SALT) == digest_of(code, salt=SALT)


@pytest.mark.parametrize(
    "text", ["", "123456", "mq2x7rhcbt4nw9k", "mq2x7rhcbt4nw9kaa", "mq2x7rhcbt4nw9k1", "mq2x7rhcbt4nw9kö"]
)
def test_other_texts_are_no_codes(text):
    assert not is_code(text)


@given(st.text())
def test_anything_can_be_asked(text):
    assert isinstance(is_code(as_typed(text)), bool)


def test_what_is_stored_differs_from_person_to_person():
    code = make().reveal()

    assert len(digest_of(code, salt=SALT)) == 32
    assert digest_of(code, salt=SALT) != digest_of(code, salt=uuid4())
    assert digest_of(code, salt=SALT) != digest_of(make().reveal(), salt=SALT)


def test_a_code_is_shown_where_it_is_asked_for_and_nowhere_else():
    code = make()

    assert code.reveal() not in repr([code, code.reveal()]) + f"{code}"
