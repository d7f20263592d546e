"""Small sites that sign people in with the site under test. Each is a process with its own database."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support.servers import launch

#: What the small sites send. They are started once, so the secret is the same for every test.
CLIENT_SECRET = "known-to-everybody-and-used-in-tests-only"
ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def running(settings: str, folder: Path, **variables: str) -> Iterator[str]:
    """Run a site with these settings, and give its address, which it reads from ``RELYING_PARTY_URL``."""
    url = f"http://127.0.0.1:{launch.free_port()}"
    words = {
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": settings,
        "RELYING_PARTY_URL": url,
        "RELYING_PARTY_FOLDER": str(folder),
        **{name: value.format(url=url) for name, value in variables.items()},
    }
    title, process = launch.start(
        [sys.executable, "-m", "tests.support.relying_parties.serve", url],
        folder=launch.new_folder("relying-party"),
        user=None,
        stop_signal=signal.SIGTERM,
        answers=lambda: _answers(url),
        environment=words,
    )
    yield url
    launch.Server(url, title, process).stop()


def _answers(url: str) -> str | None:
    try:
        httpx.get(url, timeout=5)
    except httpx.TransportError:
        return None
    return "wsgiref"
