"""A benchmark refuses a value that is too small, in a sentence and before it starts anything."""

from __future__ import annotations

from importlib import import_module

import pytest

pytestmark = pytest.mark.sqlite_only("no database is asked")


@pytest.mark.parametrize(
    ("command", "option", "value", "sentence"),
    [
        ("__main__", "--rounds", "0", "it takes a whole number, 1 or more"),
        ("__main__", "--load-seconds", "0", "it takes a number above 0"),
        ("__main__", "--only", "bearer check; tea", "there is no 'tea'"),
        ("admin_lists", "--rows", "-1", "it takes a whole number, 1 or more"),
        ("cleanup.__main__", "--rounds", "0", "it takes a whole number, 1 or more"),
        ("cleanup.__main__", "--rows", "2", "it takes a whole number, 3 or more"),
        ("cleanup.__main__", "--seconds", "0.001", "it takes a whole number, 5 or more"),
        ("cleanup.__main__", "--rate", "nan", "it takes a number above 0"),
        ("growth.__main__", "--sizes", "10_000, many", "it takes a whole number, 1 or more"),
        ("growth.__main__", "--seconds", "inf", "it takes a number above 0"),
        ("imports", "--tokens", "0", "it takes a whole number, 1 or more"),
        ("instructions", "--lines", "all", "it takes a whole number, 1 or more"),
        ("instructions", "--only", "tea", "there is no 'tea'"),
        ("sign_in_times", "--samples", "19", "it takes a whole number, 20 or more"),
        ("soak.__main__", "--minutes", "an hour", "it takes a number above 0"),
        ("steady_memory", "--seconds", "-5", "it takes a number above 0"),
    ],
)
def test_a_value_that_is_too_small_is_refused(
    command: str, option: str, value: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        import_module(f"benchmarks.{command}").main([option, value])

    assert ended.value.code == 2
    assert f"argument {option}: {sentence}" in capsys.readouterr().err


def test_a_large_number_may_be_written_in_groups() -> None:
    given = import_module("benchmarks.cleanup.__main__").parse_arguments(["--rows", "1_000_000"])

    assert given.rows == 1_000_000


def test_none_is_a_number_of_rounds_where_a_benchmark_says_so() -> None:
    """``--rounds 0`` of the growth benchmark counts reads only."""
    given = import_module("benchmarks.growth.__main__").parse_arguments(["--rounds", "0"])

    assert given.rounds == 0
