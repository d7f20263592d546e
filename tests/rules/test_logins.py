"""Logins: one person is one person, however the login is written."""

import pytest

from oauthcore.rules.logins import one_spelling


@pytest.mark.parametrize(
    "login", ["Ada", " ada ", "ADA", "\uff21da", "a\u200bda", "ad\u00ada", "\u2060ada", "\u200b ada"]
)
def test_case_width_spaces_and_what_nobody_sees_make_no_other_login(login):
    assert one_spelling(login) == "ada"


def test_another_letter_makes_another_login():
    assert len({one_spelling(login) for login in ("ada", "ad\u00e0", "\u0430da", "a da")}) == 4
