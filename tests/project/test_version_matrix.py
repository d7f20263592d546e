"""The matrix of Pythons and Djangos fails where something failed, and where nothing was run."""

from __future__ import annotations

import pytest

from tests.support.versions.__main__ import is_wrong

pytestmark = pytest.mark.sqlite_only("no database is asked")

NOT_RUN, PASSED, FAILED = "not run: there is no such Python here", "12 passed in 3.4s", "FAILED: 1 failed"


@pytest.mark.parametrize(
    ("lines", "is_part", "in_ci", "wrong"),
    [
        ([PASSED, NOT_RUN], False, False, False),
        ([PASSED, NOT_RUN], False, True, True),
        ([PASSED, FAILED], False, False, True),
        ([NOT_RUN], False, False, True),
        ([NOT_RUN], True, False, False),
        ([NOT_RUN], True, True, True),
    ],
)
def test_a_matrix_in_which_nothing_was_run_has_not_passed(lines, is_part, in_ci, wrong):
    assert is_wrong(lines, is_part=is_part, in_ci=in_ci) is wrong
