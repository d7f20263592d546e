"""How many instructions a call takes: what is made of callgrind's counts, and where Valgrind is missing.

``python -m benchmarks.instructions --check`` counts. It takes longer than a test may. In its place
``test_footprint.py`` counts the calls of functions.
"""

from __future__ import annotations

import pytest

from benchmarks import callgrind, instructions
from benchmarks.counted_calls import EMPTY_CALLS, FEW, MANY
from benchmarks.profile_of_instructions import Profile, part_of

pytestmark = pytest.mark.sqlite_only("no database is asked")

A_MODULE = """
import sys
from benchmarks import callgrind
print(callgrind.READY, flush=True)
sys.stdin.readline()
for steps in (1000, 2000, 3000):
    callgrind.begin()
    for _ in range(steps):
        pass
    callgrind.end()
    sum(range(500))
print("done")
"""


@pytest.mark.skipif(not callgrind.is_installed(), reason="valgrind is not installed")
def test_what_is_between_the_marks_is_counted(tmp_path, monkeypatch):
    (tmp_path / "steps.py").write_text(A_MODULE)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:.")

    said, (first, second, third) = callgrind.run("steps", [], tmp_path)

    assert said == "done\n"
    assert 100 * 1000 < second - first == pytest.approx(third - second, rel=0.02)


def test_the_command_says_how_valgrind_is_installed_where_it_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert instructions.main(["--check"]) == 2

    assert "apt-get install valgrind" in capsys.readouterr().err


def test_the_count_of_a_call_is_the_difference_of_two_runs_by_their_calls():
    start, call = 5000, 300
    runs = [start + 8 * call, start + FEW * call, start + MANY * call]

    assert instructions.counts_of_calls(["code"], runs) == {"code": call}
    with pytest.raises(callgrind.ValgrindFailedError, match="3 counts for 2 operations"):
        instructions.counts_of_calls(["code", "refresh"], runs)


def test_a_count_above_its_mark_is_named():
    most, (_, most_more) = instructions.TARGETS["refresh"], instructions.BESIDE["plain view + scopes"]
    counts = {"plain view": 400_000, "plain view + scopes": 950_000, "code": 1, "refresh": most + 1}

    assert instructions.misses(counts) == [
        f"MISSED: refresh: {most + 1:,} instructions, at most {most:,}",
        f"MISSED: plain view + scopes: 550,000 more than plain view, at most {most_more:,}",
    ]
    assert instructions.misses({"refresh": most}) == []


def test_a_profile_says_what_each_function_takes_by_itself_and_with_what_it_calls():
    empty = [("call", "e", 1, "empty"), ("return", "e", 1, "empty")] * EMPTY_CALLS
    empty_c = [("c_call", "<c>", 0, "len"), ("c_return", "<c>", 0, "len")] * EMPTY_CALLS
    outer, inner = ("/x/site-packages/django/core.py", 7, "outer"), ("<builtins>", 0, "getattr")
    call = [("call", *outer), ("c_call", *inner), ("c_return", *inner), ("return", *outer)]
    counts = [99] + [10] * (2 * EMPTY_CALLS) + [4] * (2 * EMPTY_CALLS) + [10 + 7 - 3, 4 + 20, 10 + 30 - 3, 0]

    profile = Profile.of([*empty, *empty_c, *call], counts[:-1], total=570)

    assert profile.functions[outer].calls == 1
    assert profile.functions[inner].own == profile.functions[inner].all == 200
    assert profile.functions[outer].own == 370
    assert profile.functions[outer].all == 570
    assert profile.parts() == {"django": 370, "<builtins>": 200}
    assert "200" in profile.as_text(lines=5)


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("/venv/lib/python3.11/site-packages/psycopg/cursor.py", "psycopg"),
        ("/usr/lib/python3.11/json/encoder.py", "Python's library"),
        ("oauthcore/models/tokens.py", "oauthcore/models"),
        ("oauthcore/bodies.py", "oauthcore/bodies.py"),
    ],
)
def test_a_file_belongs_to_a_part_of_the_code(file, part):
    assert part_of(file) == part
