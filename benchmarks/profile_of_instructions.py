"""Where the instructions of one call go: by function, and by the part of the code that the function is in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.counted_calls import EMPTY_CALLS, Event

ROOT = str(Path(__file__).parents[1])
BEGINS, ENDS = ("call", "c_call"), ("return", "c_return", "c_exception")
Function = tuple[str, int, str]


@dataclass
class Spent:
    """What one function took in one call of an operation."""

    calls: int = 0
    own: float = 0
    all: float = 0


@dataclass
class Profile:
    """What each function took, by itself and with what it called.

    What the watching takes is subtracted. The interpreter is slower while it is watched, in Python more than
    in C. So the numbers are scaled: their sum is the count of a call that nobody watches. Small differences
    between functions say nothing.
    """

    total: int
    functions: dict[Function, Spent] = field(default_factory=lambda: defaultdict(Spent))

    @classmethod
    def of(cls, events: Sequence[Event], counts: Sequence[int], *, total: int) -> Profile:
        """Read the events of one call, and the counts: one before each event, and none after the last."""
        costs = _costs(events, counts[1:])
        watched = sum(costs[4 * EMPTY_CALLS :])
        found = cls(total)
        stack: list[tuple[Function, float]] = []
        spent = 0.0
        for (event, file, line, name), cost in list(zip(events, costs, strict=False))[4 * EMPTY_CALLS :]:
            if event in BEGINS:
                function = (file, line, name)
                stack.append((function, spent))
                found.functions[function].calls += 1
            elif stack:
                found._note_end(stack, spent)
            own = cost * total / watched
            spent += own
            if stack:
                found.functions[stack[-1][0]].own += own
        while stack:
            found._note_end(stack, spent)
        return found

    def _note_end(self, stack: list[tuple[Function, float]], spent: float) -> None:
        function, before = stack.pop()
        if function not in [outer for outer, _ in stack]:
            self.functions[function].all += spent - before

    def parts(self) -> dict[str, float]:
        """Return what each part of the code took by itself."""
        parts: dict[str, float] = defaultdict(float)
        for (file, _, _), spent in self.functions.items():
            parts[part_of(file)] += spent.own
        return dict(sorted(parts.items(), key=lambda part: -part[1]))

    def as_json(self) -> dict[str, object]:
        return {
            "instructions": self.total,
            "parts": {part: round(own) for part, own in self.parts().items()},
            "functions": [
                {
                    "function": name,
                    "file": shortened(file),
                    "line": line,
                    "calls": spent.calls,
                    "own": round(spent.own),
                    "all": round(spent.all),
                }
                for (file, line, name), spent in self.functions.items()
            ],
        }

    def as_text(self, lines: int) -> str:
        """Return the parts of the code, then so many of the functions that took most."""
        return "\n".join(self._lines(lines))

    def _lines(self, most: int) -> Iterator[str]:
        yield f"{self.total:,} instructions, in {sum(one.calls for one in self.functions.values())} calls"
        yield from ("", f"{'own':>10}{'share':>8}  part")
        for part, own in self.parts().items():
            yield f"{own:>10,.0f}{own / self.total:>8.1%}  {part}"
        for title, key in (("with what they call", "all"), ("by themselves", "own")):
            yield from ("", f"functions, {title}", f"{'all':>10}{'own':>10}{'calls':>7}  function")
            ranked = sorted(self.functions.items(), key=lambda item, by=key: -getattr(item[1], by))  # type: ignore[misc]
            for (file, line, name), spent in ranked[:most]:
                where = f"{shortened(file)}:{line}" if line else file
                yield f"{spent.all:>10,.0f}{spent.own:>10,.0f}{spent.calls:>7}  {name} ({where})"


def _costs(events: Sequence[Event], between: Sequence[int]) -> list[float]:
    """Return the instructions between each event and the next, without those of the watching.

    The first events are of functions that do nothing: what they take is what the watching takes.
    """
    half_cost = {}
    for first, kind in ((0, "call"), (2 * EMPTY_CALLS, "c_call")):
        empty = range(first, first + 2 * EMPTY_CALLS, 2)
        assert all(events[number][0] == kind for number in empty)
        half_cost[kind] = median(between[number] for number in empty) / 2
    of = {kind: half_cost["c_call" if kind.startswith("c_") else "call"] for kind in (*BEGINS, *ENDS)}
    return [
        max(count - of[events[number][0]] - of[events[number + 1][0]], 0)
        for number, count in enumerate(between[: len(events) - 1])
    ]


def shortened(file: str) -> str:
    """Return the name of a file from its package on."""
    if "/site-packages/" in file:
        return file.rpartition("/site-packages/")[2]
    return file.removeprefix(f"{ROOT}/")


def part_of(file: str) -> str:
    """Return the part of the code that a file belongs to: of oauthcore the folder, of others the package."""
    short = shortened(file)
    if short.startswith("/"):
        return "Python's library"
    first, _, rest = short.partition("/")
    return f"{first}/{rest.partition('/')[0]}" if first == "oauthcore" else first
