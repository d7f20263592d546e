"""The servers of a test run end with it, even when nobody gets to say goodbye."""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from tests.support.servers import launch, mariadb, postgresql, valkey

START_AND_WAIT = """
import sys, time
from tests.support.servers import {module}
print({module}.start().url, flush=True)
time.sleep(60)
"""


def eventually(holds: Callable[[], bool], *, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


@pytest.fixture
def temporary(monkeypatch):
    """A folder for temporary files that another user, the server's, can reach (pytest's own are private)."""
    folder = Path(tempfile.mkdtemp(prefix="oauthcore-test-"))
    folder.chmod(0o711)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.redis
def test_a_stopped_server_leaves_no_folder_and_no_listener(temporary):
    server = valkey.start()
    assert redis.Redis.from_url(server.url).ping()

    server.stop()

    assert left_in(temporary) == []
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(server.url, retry=None).ping()


@pytest.mark.parametrize(
    "module",
    [
        pytest.param("valkey", marks=pytest.mark.redis),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ],
)
def test_killing_the_test_run_ends_its_server(module, temporary):
    run = subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT.format(module=module)],
        stdout=subprocess.PIPE,
        text=True,
    )
    with run:
        assert run.stdout is not None
        assert "://" in run.stdout.readline()
        assert left_in(temporary) != []

        run.send_signal(signal.SIGKILL)

    assert eventually(lambda: left_in(temporary) == [])


def test_a_server_that_cannot_start_says_why(tmp_path):
    folder = tmp_path / "server"
    folder.mkdir()

    with pytest.raises(launch.ServerError, match="the disk is on fire"):
        launch.start(
            ["sh", "-c", "echo the disk is on fire; exit 3"],
            folder=folder,
            user=None,
            stop_signal=signal.SIGTERM,
            answers=lambda: None,
        )

    assert left_in(tmp_path) == []


@pytest.mark.parametrize("server", [mariadb, postgresql, valkey])
def test_without_any_program_the_reason_is_named(server, monkeypatch):
    monkeypatch.setattr(server, "programs", lambda: iter(()))

    with pytest.raises(launch.ServerError, match="none is installed"):
        server.start()
