"""The runs. Each is one function that takes the rig and a size, and returns what it found."""

from __future__ import annotations

from proof.runs.run import Run


def all_runs() -> dict[str, Run]:
    """Return every run by its name, in the order in which they are done. Django must be set up."""
    from proof.runs import (
        code_race,
        dependency_faults,
        expiry,
        hostile_clients,
        kill_matrix,
        migrations_and_cleanup,
        mutants,
        password_burst,
        refresh_storm,
        second_factor_race,
        under_uvicorn,
        with_options,
    )

    modules = (
        code_race,
        refresh_storm,
        second_factor_race,
        password_burst,
        under_uvicorn,
        with_options,
        expiry,
        mutants,
        kill_matrix,
        dependency_faults,
        hostile_clients,
        migrations_and_cleanup,
    )
    return {one.RUN.name: one.RUN for one in modules}
