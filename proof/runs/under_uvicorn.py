"""R1 and R2 once more, with the site under uvicorn (ASGI)."""

from __future__ import annotations

from dataclasses import dataclass

from proof.findings import Findings
from proof.rig import DATABASE, Rig
from proof.runs import code_race, refresh_storm
from proof.runs.run import Run, look_at_tokens

#: Under ASGI a request has a thread of its own, so a connection that outlives it is lost. The driver has one.
MOST_LEFT = 8


@dataclass(frozen=True)
class Size:
    """The sizes of the two runs."""

    codes: code_race.Size
    families: refresh_storm.Size


def work(rig: Rig, size: Size) -> Findings:
    """Do both, and look at every token while this site is there."""
    found = Findings()
    with rig.under("uvicorn"):
        for name, one in (
            ("code_race", code_race.work(rig, size.codes)),
            ("refresh_storm", refresh_storm.work(rig, size.families)),
        ):
            found.numbers |= {f"{name}: {title}": number for title, number in one.numbers.items()}
            found.faults += [f"{name}: {fault}" for fault in one.faults]
        look_at_tokens(rig)
        left = rig.database.connections(DATABASE)
        found.numbers["connections left"] = left
        found.expect(left <= MOST_LEFT, f"{left} connections to the database are left, and nobody uses them")
    return found


RUN = Run(
    "under_uvicorn",
    "Codes and refresh tokens in many hands, with the site under uvicorn.",
    work,
    {
        "night": Size(
            code_race.Size(widths=((16, 30), (64, 10)), wrong_verifiers=20, interrupted=6),
            refresh_storm.Size(families=20, clients=16, endings=20),
        ),
        "release": Size(
            code_race.Size(widths=((16, 100), (64, 100)), wrong_verifiers=100, interrupted=30),
            refresh_storm.Size(families=200, clients=16, endings=200),
        ),
    },
)
