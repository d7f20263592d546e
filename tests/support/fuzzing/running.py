"""How long the state machine plays, and from which beginning."""

from __future__ import annotations

import inspect
from collections.abc import Collection
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import RULE_MARKER, RuleBasedStateMachine, run_state_machine_as_test


def play(
    machine: type[RuleBasedStateMachine],
    *,
    examples: int,
    steps: int = 25,
    beginning: int | None = None,
    is_brief: bool = False,
) -> None:
    """Play examples of so many steps; raise what the first one finds, with its steps printed.

    Without a ``beginning`` they are the same ones each time. ``is_brief`` leaves out the search for fewer
    steps that find the same.
    """
    played = settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=[Phase.generate] if is_brief else [Phase.generate, Phase.shrink],
        deadline=None,
        derandomize=beginning is None,
        database=None,
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet if is_brief else Verbosity.normal,
        suppress_health_check=list(HealthCheck),
    )
    if beginning is not None:
        machine = seed(beginning)(machine)
    run_state_machine_as_test(machine, settings=played)


def with_rules(
    machine: type[RuleBasedStateMachine], names: Collection[str], **attributes: Any
) -> type[RuleBasedStateMachine]:
    """Return a machine with these rules and attributes; its other rules are mere methods."""
    rules = {name: getattr(member, RULE_MARKER, None) for name, member in inspect.getmembers(machine)}
    every = {name: rule.function for name, rule in rules.items() if rule is not None}
    assert every.keys() >= set(names), set(names) - every.keys()
    others = {name: method for name, method in every.items() if name not in names}
    return type(machine.__name__, (machine,), others | attributes)


def counted(
    machine: type[RuleBasedStateMachine],
) -> tuple[type[RuleBasedStateMachine], list[RuleBasedStateMachine]]:
    """Return a machine like this one, and a list that gets each example that it plays."""
    played: list[RuleBasedStateMachine] = []

    class Counted(machine):  # type: ignore[valid-type, misc]
        def __init__(self) -> None:
            super().__init__()
            played.append(self)

    return Counted, played
