"""R7: the same runs against broken builds. Each must be caught, or the rig proves nothing."""

from __future__ import annotations

from dataclasses import dataclass

from proof.findings import Findings
from proof.mutants import MUTANTS, Mutant
from proof.rig import Rig
from proof.runs import code_race, expiry, password_burst, refresh_storm, second_factor_race
from proof.runs.run import Run

_RUNS = {
    "code_race": (code_race.RUN, code_race.Size),
    "refresh_storm": (refresh_storm.RUN, refresh_storm.Size),
    "second_factor_race": (second_factor_race.RUN, second_factor_race.Size),
    "password_burst": (password_burst.RUN, password_burst.Size),
    "expiry": (expiry.RUN, expiry.Size),
}


@dataclass(frozen=True)
class Size:
    """How often each mutant has to be caught, and how often it is tried at most for that."""

    times: int
    tries: int = 3
    #: Those that a run with a site of its own catches: starting that takes seconds.
    without_runs: tuple[str, ...] = ()


def work(rig: Rig, size: Size) -> Findings:
    """Let each mutant act in turn. One is a fault of which nobody says what has to be said."""
    found = Findings()
    for mutant in (one for one in MUTANTS if one.run not in size.without_runs):
        for _ in range(size.times):
            caught = next(filter(None, (_caught_by(rig, mutant) for _ in range(size.tries))), [])
            found.expect(bool(caught), f"{mutant.name} has survived: {mutant.words}")
            found.count("caught" if caught else "survived")
            found.numbers[mutant.name] = caught[0] if caught else "SURVIVED"
    return found


def _caught_by(rig: Rig, mutant: Mutant) -> list[str]:
    run, size_of = _RUNS[mutant.run]
    rig.mutant = mutant.name
    try:
        outcome = run.do(rig, size_of(**mutant.size), name=f"{run.name} with {mutant.name}")
    finally:
        rig.mutant = ""
    return [one for one in (*outcome.faults, *outcome.audit) if mutant.caught_by in one]


RUN = Run(
    "mutants",
    "Broken builds, one at a time: the rig catches each.",
    work,
    {"gate": Size(times=1, without_runs=("expiry",)), "night": Size(times=5), "release": Size(times=20)},
    is_audited=False,
)
