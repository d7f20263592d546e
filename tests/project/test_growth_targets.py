"""The benchmark of growing tables says which path grew, and which it could not judge."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from benchmarks.growth import __main__ as growth
from benchmarks.growth.reads import Found
from benchmarks.growth.report import Path, Report

pytestmark = pytest.mark.sqlite_only("no database is asked")


def test_growth_is_not_checked_with_one_size(capsys):
    with pytest.raises(SystemExit) as ended:
        growth.parse_arguments(["--check", "--sizes", "1000"])

    assert ended.value.code == 2
    assert "needs two" in capsys.readouterr().err
    assert growth.parse_arguments(["--sizes", "1000"]).sizes == [1000]


def test_a_path_that_does_not_exist_is_no_path_that_did_not_grow():
    names = ["bearer check", "refresh", "revoke"]

    with pytest.raises(SystemExit, match="revocation"):
        growth.chosen("refresh,revocation", names)
    assert growth.chosen("check,revoke", names) == ["bearer check", "revoke"]
    assert growth.chosen("", names) == names


@pytest.mark.parametrize(
    ("name", "sizes", "verdict"),
    [
        ("refresh", {1_000: 10, 100_000: 10}, ""),
        ("refresh", {1_000: 10, 100_000: 1_000}, "GREW"),
        ("admin tokens", {1_000: 10, 100_000: 1_000}, "not judged"),
        ("admin tokens", {1_000: 10, 1_000_000: 10, 10_000_000: 1_000}, "GREW"),
    ],
)
def test_a_path_that_is_not_judged_says_so(name, sizes, verdict):
    path = Path(name, reads={size: {"rows": rows, "pages": 1} for size, rows in sizes.items()})

    assert path.verdict == verdict
    judged = "0 judged" if verdict == "not judged" else "1 judged"
    assert f"1 paths, {judged}" in Report(sizes, [path], {}).as_text()


@pytest.mark.parametrize(
    ("small", "large", "rows", "verdict"),
    [
        (Found(10), Found(100), 1_000, "finds 10 → 100"),
        (Found(10), Found(100), 9_000, "GREW"),
        (Found(1_000), Found(10_000, is_cut=True), 1_000, "finds 1000 → 10000+"),
        (
            Found(9, is_cut=True),
            Found(9, is_cut=True, is_search_cut=True),
            9_000,
            "finds 9+ → 9+ of the first",
        ),
        (Found(9, is_cut=True), Found(9, is_cut=True), 100, "GREW"),
        (Found(100), Found(90), 100, "GREW"),
    ],
)
def test_a_list_that_finds_more_rows_may_read_as_many_more_and_take_longer(small, large, rows, verdict):
    path = Path(
        "admin grants",
        reads={
            1_000_000: {"rows": 100, "pages": 1, "found": asdict(small)},
            10_000_000: {"rows": rows, "pages": 1, "found": asdict(large)},
        },
        times={1_000_000: [10.0, 10.0], 10_000_000: [20.0, 20.0]},
    )
    report = Report({1_000_000: 1, 10_000_000: 1}, [path], {})

    assert path.verdict == verdict
    assert report.misses == (["admin grants"] if verdict == "GREW" else [])
    assert "1 paths, 1 judged" in report.as_text()


def test_postgresql_gets_no_more_of_the_memory_than_a_container_has(monkeypatch, tmp_path):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(growth, "_CONTAINER", limit)
    whole = growth.a_quarter_of_the_memory()

    limit.write_text("max\n")
    assert growth.a_quarter_of_the_memory() == whole
    limit.write_text(f"{400 * 2**20}\n")
    assert growth.a_quarter_of_the_memory() == "100MB"
