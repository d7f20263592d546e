"""The benchmarks of the clean-up and of an hour say when a target is missed, and pages what is compared."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from dataclasses import replace

import psycopg
import pytest

from benchmarks.cleanup.load import Loaded
from benchmarks.cleanup.report import Report as Cleaned
from benchmarks.cleanup.report import Rows
from benchmarks.cleanup.watch import Watched
from benchmarks.load import Client, Sample, load
from benchmarks.pages.field_tables import in_a_sentence
from benchmarks.pages.tables import marks
from benchmarks.serving import Gunicorn
from benchmarks.soak import __main__ as soak
from benchmarks.soak.report import Report
from benchmarks.soak.watch import Seen, watching
from benchmarks.steady_memory import Look, miss
from tests.support.percentiles import percentile
from tests.support.source_files import ROOT

pytestmark = pytest.mark.sqlite_only("no database is asked")

COMPARISON = {
    "operation": "bearer check",
    "profile": "as Django",
    "rival": "toolkit",
    "our_microseconds": 100.0,
    "rival_microseconds": 300.0,
    "low": 1.0,
    "high": 4.0,
}
KILLED = {"expired before": 100, "left after each": [60, 20, 0], "killed": 3}


def an_hour(rows: dict[str, int], *, cleanups: tuple[float | None, ...] = (1.0,)) -> Report:
    """Return what an hour showed in which each request was a refresh, and tables gained these rows."""
    return Report(
        seconds=3600,
        capacity=100,
        samples=[Sample(float(at), "refresh", 0.01, 200) for at in range(2_000)],
        seen=Seen(tables=[dict.fromkeys(rows, (10, 0)), {name: (10 + n, 0) for name, n in rows.items()}]),
        unexpected=Counter(),
        window=300,
        cleanups=list(cleanups),
    )


def cleaned(*, killed: dict[str, object] | None = None, theirs: list[float] | None = None) -> Cleaned:
    """Return what three rounds of a clean-up showed, of 6, 9 and 6 seconds."""
    ours = [Watched(seconds=seconds, megabytes=50, transaction=0.1) for seconds in (6.0, 9.0, 6.0)]
    return Cleaned(
        load_average=0.1,
        rows=Rows(ours=150, theirs=100, authorizations=50),
        start=Watched(seconds=0.4, client=0.4),
        ours=ours,
        theirs=[Watched(seconds=seconds, client=1.0) for seconds in theirs or []],
        loaded=[Loaded(one, before=[1.0], meanwhile=[1.0], failed=0) for one in ours],
        killed=KILLED | (killed or {}),
    )


def compared(ratio: float) -> dict[str, object]:
    """Return the kept figures of one comparison with Django's own options."""
    return {
        "date": "2026-11-29",
        "machine": "A machine",
        "load_before": 0.1,
        "rounds": 40,
        "plain": {},
        "comparisons": [COMPARISON | {"ratio": ratio}],
        "statements": {},
    }


def in_the_field(operation: str, profile: str, ratio: float, statements: int = 1) -> dict[str, object]:
    return {
        "product": "Another",
        "operation": operation,
        "profile": profile,
        "ratio": ratio,
        "statements": statements,
    }


def test_the_readme_says_what_other_packages_are_faster_at():
    rows = [
        in_the_field("revoke", "prepared", 0.9),
        in_the_field("revoke", "as Django", 0.8),
        in_the_field("refresh", "prepared", 2.0),
        in_the_field("refresh", "as Django", 0.9),
        in_the_field("token check", "prepared", 0.5, statements=0),
    ]
    said = in_a_sentence({"marks": compared(2.5), "field": {"rows": rows}}).replace("\n", " ")

    assert "bearer check 2.50 (Django's own options)." in said
    assert "faster at: revoke, refresh (with Django's own options)." in said
    assert "No package" in in_a_sentence({"marks": compared(2.5), "field": {"rows": rows[2:3]}})
    assert in_a_sentence({"field": {"rows": rows}}) == ""


def test_a_table_that_gains_a_row_a_request_misses_its_target():
    assert an_hour({"oauthcore_token": 2_000, "oauthcore_limitwindow": 400}).misses == []
    assert an_hour({"oauthcore_limitwindow": 2_000}).misses == [
        "oauthcore_limitwindow gained 2000 rows, of which requests explain 0"
    ]
    assert an_hour({"oauthcore_token": 4_000}).misses == [
        "oauthcore_token gained 4000 rows, of which requests explain 2000"
    ]


def test_a_client_that_broke_misses_the_target_of_the_hour():
    report = replace(an_hour({}), faults=["KeyError: 'Location'"])

    assert report.misses == ["clients failed 1 times: KeyError: 'Location'"]


def test_a_client_that_breaks_under_load_is_noted_and_goes_on():
    done = threading.Event()

    def act(client: Client) -> None:
        if client.faults:
            done.set()
        raise ValueError("no number")

    with load(1, [[(1, act)]], 1000) as (client,):
        assert done.wait(10)

    assert client.faults[0] == "ValueError: no number"


@pytest.mark.parametrize(
    ("seconds", "hundredth", "is_within"),
    [([], 99, 0.0), ([2.0], 50, 2.0), (range(101), 99, 99), (range(101), 50, 50), ([1, 9, 4], 100, 9)],
)
def test_a_percentile_is_the_time_that_so_many_do_not_exceed(seconds, hundredth, is_within):
    assert percentile(seconds, hundredth) == is_within


def test_what_a_password_hash_has_for_a_moment_is_no_gain():
    seen = Seen()
    hundred = 100 * 2**20
    seen.memory[1] = [(float(at), hundred * (2 if at % 22 == 0 else 1)) for at in range(0, 1_000, 2)]
    seen.memory[2] = [(float(at), hundred + at * 2**20 // 3600) for at in range(0, 1_000, 2)]

    gained = seen.slopes()

    assert gained[1] == 0
    assert round(gained[2], 2) == 1
    assert seen.courses()[0] == [hundred, hundred, hundred]


def test_what_a_worker_loads_in_the_first_third_of_its_life_is_no_gain():
    seen = Seen()
    seen.memory[1] = [(float(at), min(at, 320) * 2**20) for at in range(0, 1_000, 2)]
    seen.memory[2] = [(float(at), min(at, 900) * 2**20) for at in range(0, 1_000, 2)]
    seen.memory[3] = [(float(at), at * 2**20) for at in range(0, 400, 2)]

    gained = seen.slopes()

    assert gained[1] == 0
    assert gained[2] > 1
    assert 3 not in gained, "it did not live for long enough to be judged"


def test_of_a_long_life_only_the_first_twenty_minutes_do_not_count():
    seen = Seen()
    seen.memory[1] = [(float(at), min(at, 3_000) * 2**20) for at in range(0, 20_000, 5)]

    assert seen.slopes()[1] > 1


def test_a_last_minute_that_is_not_whole_does_not_count():
    seen = Seen()
    seen.memory[1] = [*((float(at), 2**20) for at in range(0, 1_200, 2)), (1_200.0, 2**28)]

    assert seen.slopes()[1] == 0
    assert seen.courses() == [[2**20, 2**20, 2**20]]


def test_a_process_that_keeps_memory_with_each_call_misses_its_target():
    before = [Look(50_000, 90 * 2**20, 1), Look(100_000, 100 * 2**20, 1)]

    assert miss([*before, Look(400_000, 101 * 2**20, 1)]) == ""
    assert miss([*before, Look(400_000, 102 * 2**20, 1)]) == "it gained 2.00 MB in 300,000 calls"
    assert "more seconds" in miss(before)


def test_a_clean_up_that_failed_leaves_the_report_of_the_hour():
    report = an_hour({}, cleanups=(1.0, None))

    assert report.misses == ["1 clean-ups failed"]
    assert "failed" in report.as_text()
    assert soak._clean_up({"DJANGO_SETTINGS_MODULE": "no_settings"}) is None


def test_who_could_not_look_at_the_site_says_so():
    with (
        pytest.raises(psycopg.OperationalError),
        watching(Gunicorn(port=1, guardian=1), "postgres://127.0.0.1:1/none"),
    ):
        pass


@pytest.mark.parametrize(
    ("killed", "missed"),
    [
        ({}, []),
        ({"killed": 2}, ["2 were killed, not 3: the others had ended before"]),
        ({"left after each": [100, 20, 0]}, ["the first that was killed was not in the middle of its work"]),
        ({"left after each": [0, 0, 0]}, ["the first that was killed was not in the middle of its work"]),
    ],
)
def test_a_clean_up_has_to_be_killed_at_work(killed, missed):
    assert cleaned(killed=killed).misses == missed


def test_rows_in_a_second_are_what_a_clean_up_is_judged_by():
    report = cleaned(theirs=[36.0, 36.0, 300.0])

    assert report.misses == ["9.0 times as many rows in a second, not 10"]
    assert report.figures["rows in a second"] == {"median": 9.0, "least": 6.0, "most": 75.0}
    assert report.figures["authorizations in a second"]["median"] == 6.0
    assert "misses: 9.0 times" in report.as_text()
    assert cleaned(theirs=[60.0] * 3).misses == []


@pytest.mark.parametrize(
    ("ratio", "said"),
    [(3.0, "All targets are met."), (2.0, "Missed: bearer check, as Django: 2.00 of 2.2.")],
)
def test_the_page_compares_kept_figures_with_the_targets_of_today(ratio, said):
    *_, row, sentence = marks({"marks": compared(ratio)}).replace("\n\n", "\n").splitlines()

    assert row == f"| bearer check | 100 | 300 | {ratio:.2f} | 1.00–4.00 | 2.2 | |"
    assert sentence == said


def test_a_command_that_takes_too_long_ends_by_itself():
    program = (
        "import time; from tests.support.servers.over_time import end_after; end_after(0.2); time.sleep(60)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=50, check=False
    )

    assert done.returncode == 1
    assert "OverTime" in done.stderr
