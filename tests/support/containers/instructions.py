"""Reading a Containerfile: its instructions, stage by stage."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Instruction:
    """One instruction, with the line it begins at."""

    word: str
    rest: str
    line: int

    @property
    def arguments(self) -> list[str]:
        """The words behind it, without its options; or what its JSON form lists."""
        text = re.sub(r"^(--\S+\s+)+", "", self.rest)
        if self.word == "HEALTHCHECK":
            text = text.removeprefix("CMD").strip()
        return list(map(str, json.loads(text))) if text.startswith("[") else text.split()

    def option(self, name: str) -> str | None:
        """Return the value of an option such as ``--from=build``."""
        found = re.search(rf"--{name}=(\S+)", self.rest)
        return found[1] if found else None


@dataclass
class Stage:
    """A stage: what it begins from, its name, and its instructions."""

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def all_of(self, word: str) -> list[Instruction]:
        """Return the instructions of a kind."""
        return [one for one in self.instructions if one.word == word]


def read(path: Path) -> list[Stage]:
    """Return the stages of a Containerfile."""
    stages: list[Stage] = []
    for number, line in _joined(path.read_text()):
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base.strip(), name.strip()))
        else:
            stages[-1].instructions.append(Instruction(word, rest.strip(), number))
    return stages


def _joined(text: str) -> list[tuple[int, str]]:
    lines: list[tuple[int, str]] = []
    begun = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        begun += line
        if begun.endswith("\\"):
            begun = begun[:-1]
            continue
        lines.append((number, begun))
        begun = ""
    return lines
