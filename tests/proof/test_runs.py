"""What decides whether a run has passed, on runs that need no servers."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from proof import __main__ as command
from proof import failpoints, report
from proof.findings import Findings
from proof.mutants import Mutant
from proof.runs import migrations_and_cleanup, mutants
from proof.runs.run import PROFILES, Run
from proof.servers.lock_watch import LockWatch
from tests.support.servers import REPORT_VARIABLE, postgresql
from tests.support.servers.launch import ServerError
from tests.support.source_files import ROOT


def run_that_finds(*faults):
    return Run("any", "", lambda rig, size: Findings(faults=list(faults)), {"gate": 1}, is_audited=False)


@pytest.fixture
def rig():
    return SimpleNamespace(mutant="", begin=lambda name: None)


@pytest.mark.parametrize(
    ("faults", "survives"),
    [((), True), (("race: 500 server_error", "race: 0 won"), True), (("race: 500", "race: two won"), False)],
)
def test_a_mutant_of_which_nothing_says_what_it_does_fails_the_run(faults, survives, rig, monkeypatch):
    harmless = Mutant("harmless", "nothing is broken", "any", "two won", {}, list)
    monkeypatch.setattr(mutants, "MUTANTS", (harmless,))
    monkeypatch.setattr(mutants, "_RUNS", {"any": (run_that_finds(*faults), dict)})

    found = mutants.work(rig, mutants.Size(times=1))

    assert found.has_passed is not survives
    assert any("harmless has survived" in one for one in found.faults) is survives


def test_a_run_that_breaks_off_has_failed(rig, capsys):
    found = command.outcome(Run("any", "", lambda rig, size: 1 / size, {"gate": 0}), rig, "gate")

    assert found.faults == ["the run ended with ZeroDivisionError: division by zero"]
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("finding", ["faults", "audit"])
def test_whatever_is_found_fails_the_whole(finding):
    found = {"good": Findings(numbers={"rounds": 3}), "bad": Findings(**{finding: ["two won"]})}

    written = report.as_json(profile="gate", seed=1, database="any", found=found)

    assert written["has_passed"] is False
    assert "SOMETHING HAS FAILED" in report.as_text(written)
    assert "two won" in report.as_text(written)


def test_every_run_has_sizes_for_profiles_that_there_are():
    from proof.runs import all_runs

    for run in all_runs().values():
        assert set(run.sizes) <= set(PROFILES)
        assert {"night", "release"} <= set(run.sizes)


@pytest.mark.parametrize(
    ("watch", "fault"),
    [
        (LockWatch(longest=0.9, held=0.9, looks=1), None),
        (
            LockWatch(longest=1.1, who="SELECT behind ALTER TABLE", looks=1),
            "waited 1.10 s for a lock: SELECT behind ALTER",
        ),
        (
            LockWatch(held=1.1, held_what="AccessExclusiveLock of a table", looks=1),
            "locked for 1.10 s: AccessExclusiveLock",
        ),
        (LockWatch(), "nobody looked at the locks"),
    ],
)
def test_a_lock_of_a_second_fails_the_run_of_migrations(watch, fault):
    found = Findings()

    migrations_and_cleanup._judge_locks(found, watch)

    assert found.has_passed is (fault is None)
    assert fault is None or fault in found.faults[0]


@pytest.mark.parametrize("text", ["after_lunch=raise", "after_mint=explode", "after_mint"])
def test_a_failpoint_that_there_is_not_is_refused(text):
    with pytest.raises(ValueError, match=r"failpoint|unpack|dictionary"):
        failpoints.parse(text)


def test_the_page_names_every_run_and_every_mutant():
    from proof.mutants import MUTANTS
    from proof.runs import all_runs

    page = (ROOT / "docs/proof.md").read_text()

    assert [name for name in all_runs() if f"| `{name}` |" not in page] == []
    assert [m.name for m in MUTANTS if f"| `{m.name}` | {m.words} | `{m.run}` |" not in page] == []


@pytest.mark.parametrize(
    ("profile", "in_ci", "status"), [("gate", False, 0), ("gate", True, 1), ("night", False, 1)]
)
def test_without_a_postgresql_the_proof_is_named_as_not_run(
    profile, in_ci, status, monkeypatch, tmp_path, capsys
):
    def refuse(options):
        raise ServerError("none is installed")

    report_file = tmp_path / "not-run"
    monkeypatch.setattr(postgresql, "start_cluster", refuse)
    monkeypatch.setattr(command, "end_after", lambda seconds: None)
    monkeypatch.setenv(REPORT_VARIABLE, str(report_file))
    monkeypatch.delenv("CI", raising=False)
    if in_ci:
        monkeypatch.setenv("CI", "1")

    assert command.main(["--profile", profile]) == status
    assert report_file.read_text() == capsys.readouterr().out
    assert report_file.read_text().startswith("NOT RUN: the proof; no PostgreSQL could be started (none is")
