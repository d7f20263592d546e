"""``python -m reference_site.demo.servers PORT``: Lumen, and Lumen Prints on the next port.

Each is a process with its own settings. If one of them ends, or if this program is told to end, both end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SITES = ("reference_site.settings", "reference_site.lumen_prints.settings")
_LOOK_SECONDS = 0.2
_PATIENCE_SECONDS = 5
_LEAVING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(port: int) -> int:
    """Run both sites, and return the status of the one that ended first; 0 if somebody ended both."""
    for number in _LEAVING:
        signal.signal(number, _leave)
    with _running(port) as sites:
        try:
            while True:
                for place, site in enumerate(sites):
                    if (status := site.poll()) is not None:
                        _tell(port + place, _SITES[place], status)
                        return status
                time.sleep(_LOOK_SECONDS)
        except KeyboardInterrupt:
            return 0


@contextmanager
def _running(port: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    sites = [_start(settings, port + number) for number, settings in enumerate(_SITES)]
    try:
        yield sites
    finally:
        for number in _LEAVING:
            signal.signal(number, signal.SIG_IGN)
        for site in sites:
            site.terminate()
        for site in sites:
            try:
                site.wait(_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                site.kill()


def _start(settings: str, port: int) -> subprocess.Popen[bytes]:
    # Each site has its own process group. Ctrl+C reaches only this program, which then ends both.
    return subprocess.Popen(  # noqa: S603 - its words are ours
        [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": settings},
        process_group=0,
    )


def _tell(port: int, settings: str, status: int) -> None:
    said = f"The site on port {port} ({settings}) ended with status {status}, so the other one ends too."
    sys.stderr.write(f"{said}\n")


def _leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
