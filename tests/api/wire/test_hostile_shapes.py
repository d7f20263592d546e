"""Requests of a hostile shape at every address, and all attacks with DEBUG: never a 500, nothing stored.

These are refused by their size, type or method, before anything of them could be in a statement.
"""

from __future__ import annotations

import pytest

from tests.support.attacks import SHAPES, TEXTS
from tests.support.under_attack import found_by

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("unhurried"),
    pytest.mark.no_cover,
    pytest.mark.sqlite_only("test_hostile_input.py sends texts to every database"),
]


@pytest.mark.parametrize(("family", "methods"), SHAPES, ids=[one.__name__ for one, _ in SHAPES])
def test_a_hostile_shape_is_refused_in_json_and_stores_nothing(family, methods):
    assert found_by(family, methods) == []


@pytest.mark.parametrize(
    ("family", "methods"), TEXTS + SHAPES, ids=[one.__name__ for one, _ in TEXTS + SHAPES]
)
def test_with_debug_json_routes_answer_in_json_all_the_same(family, methods, settings):
    settings.DEBUG = True

    assert found_by(family, methods, debug=True) == []
