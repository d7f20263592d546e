"""Instructions that a Python process executes between two marks, counted by callgrind, a tool of Valgrind.

A mark is a call of a function of the C library that requests never call. So nothing has to be built, and no
time is lost on what is not counted.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

HOW_TO_INSTALL = (
    "valgrind is not installed. It is a package of the distribution:"
    " apt-get install valgrind, dnf install valgrind, or apk add valgrind."
)
READY = "ready"
_OPTIONS = (
    "--tool=callgrind",
    "--instr-atstart=no",
    "--combine-dumps=yes",
    "--zero-before=getppid",
    "--dump-before=getpgrp",
)
_COUNT = re.compile(r"^desc: Trigger: --dump-before=.*\n(?:.*\n)*?summary: (\d+)$", re.MULTILINE)

begin: Callable[[], int] = os.getppid
"""Counting begins with this call."""
end: Callable[[], int] = os.getpgrp
"""It ends with this one, which notes one count."""


class ValgrindFailedError(Exception):
    """The process under Valgrind ended in a way that was not expected."""


def is_installed() -> bool:
    """Return whether this machine has Valgrind."""
    return shutil.which("valgrind") is not None and shutil.which("callgrind_control") is not None


def run(module: str, arguments: Sequence[str], folder: Path) -> tuple[str, list[int]]:
    """Run a module of Python under callgrind; return what it printed, and each count in its order.

    The module prints ``ready`` when it wants counting to begin, and then waits for a line. Until then it runs
    a few times slower than without Valgrind, and afterwards fifty times.
    """
    found = folder / "counts"
    command = [
        "valgrind",
        *_OPTIONS,
        "--quiet",
        f"--callgrind-out-file={found}",
        sys.executable,
        "-m",
        module,
        *arguments,
    ]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}  # the order of sets is the same each time
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            said = _after_ready(process)
        finally:
            process.kill()
    return said, [int(count) for count in _COUNT.findall(found.read_text())]


def _after_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    if process.stdout.readline().strip() != READY:
        raise ValgrindFailedError("the process ended before it was ready; its errors are above")
    switch_on = ["callgrind_control", "--instr=on", str(process.pid)]
    subprocess.run(switch_on, check=True, capture_output=True, timeout=60)
    said, _ = process.communicate("go\n")
    if process.returncode:
        raise ValgrindFailedError(f"the process ended with status {process.returncode}; its errors are above")
    return said
