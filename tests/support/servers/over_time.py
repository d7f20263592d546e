"""A command that starts servers ends after so many seconds, with its servers."""

from __future__ import annotations

import faulthandler
import signal
import sys
from types import FrameType

_SECONDS_TO_STOP = 60


class OverTime(BaseException):
    """The command took longer than it may. It passes through everything that handles faults of a run."""


def end_after(seconds: float) -> None:
    """End this process after so many seconds, with its servers; without them if they do not stop."""

    def raise_over_time(number: int, frame: FrameType | None) -> None:
        raise OverTime(f"more than {seconds:.0f} seconds")

    signal.signal(signal.SIGALRM, raise_over_time)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    # The servers end with the process that has started them, however that ends.
    faulthandler.dump_traceback_later(seconds + _SECONDS_TO_STOP, exit=True)
