"""The report, for people and as JSON."""

from __future__ import annotations

from typing import Any

from proof.findings import Findings

#: A broken build can cause one fault a thousand times.
_MOST_LINES = 20


def as_json(*, profile: str, seed: int, database: str, found: dict[str, Findings]) -> dict[str, Any]:
    """Return everything that was found."""
    return {
        "profile": profile,
        "seed": seed,
        "database": database,
        "has_passed": all(one.has_passed for one in found.values()),
        "runs": {
            name: {
                "has_passed": one.has_passed,
                "seconds": round(one.seconds, 1),
                "numbers": one.numbers,
                "faults": one.faults,
                "audit": one.audit,
            }
            for name, one in found.items()
        },
    }


def as_text(report: dict[str, Any]) -> str:
    """Return a report for people."""
    lines = [f"Proof, profile {report['profile']}, seed {report['seed']}, {report['database']}"]
    for name, run in report["runs"].items():
        lines.append(f"{'passed' if run['has_passed'] else 'FAILED'}  {name}  ({run['seconds']} s)")
        lines += [f"        {title}: {number}" for title, number in run["numbers"].items()]
        faults = [*run["faults"], *(f"audit: {one}" for one in run["audit"])]
        lines += [f"        {one}" for one in faults[:_MOST_LINES]]
        if len(faults) > _MOST_LINES:
            lines.append(f"        … and {len(faults) - _MOST_LINES} more")
    lines.append("Everything has passed." if report["has_passed"] else "SOMETHING HAS FAILED.")
    return "\n".join(lines) + "\n"
