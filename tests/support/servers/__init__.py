"""A pytest plugin that brings what the tests need besides Python: PostgreSQL, Valkey or Redis, Chromium.

``--engine`` says which database the run is on. SQLite is the default; ``--engine=postgres`` starts a
PostgreSQL before Django reads its settings, and ``--engine=mariadb`` a MariaDB. A Valkey is started when the
first test asks for ``redis_url``.

What a machine lacks is left out and named at the end of the run, with how to get it. With ``CI`` set nothing
may be missing but MariaDB, or the run does not begin.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import chromium
from tests.support.servers import mariadb, postgresql, valkey
from tests.support.servers.launch import Server, ServerError

DATABASE_VARIABLE = "OAUTHCORE_TEST_DATABASE_URL"
REDIS_VARIABLE = "OAUTHCORE_TEST_REDIS_URL"
REPORT_VARIABLE = "OAUTHCORE_TEST_NOT_RUN"  # a file that `make test` prints at its very end

ENGINE = pytest.StashKey[str]()
DATABASE_SERVER = pytest.StashKey[Server]()
MISSING = pytest.StashKey[dict[str, str]]()

#: The databases that a run can be on besides SQLite.
ENGINES = {"postgres": postgresql, "mariadb": mariadb}
#: A ``pytestmark`` of a whole file, alone or in a list.
_FOR_SQLITE_ALONE = re.compile(r"^pytestmark = (?:\[[^\]]*?)?pytest\.mark\.sqlite_only\(", re.MULTILINE)
TITLES = {"postgres": "PostgreSQL", "mariadb": "MariaDB"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=["sqlite", *ENGINES],
        default="sqlite",
        help="the database to test on; a server is started for the run, or named in " + DATABASE_VARIABLE,
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start the database before pytest-django, later in this same hook, loads settings that name it."""
    engine = early_config.known_args_namespace.engine
    missing: dict[str, str] = {}
    early_config.stash[ENGINE] = engine
    early_config.stash[MISSING] = missing
    if engine == "sqlite":
        os.environ.pop(DATABASE_VARIABLE, None)
    elif DATABASE_VARIABLE not in os.environ:  # xdist's workers find it there: the first process put it there
        _start_database(early_config, engine, missing)
    if REDIS_VARIABLE not in os.environ and next(valkey.programs(), None) is None:
        missing["redis"] = "no Redis or Valkey here: " + valkey.HOW_TO_GET_IT.format(variable=REDIS_VARIABLE)
    if not chromium.find():
        missing["browser"] = "no Chromium here: " + chromium.HOW_TO_GET_IT.format(variable=chromium.VARIABLE)
    if os.environ.get("CI") and (needed := missing.keys() - {"mariadb"}):
        reasons = "; ".join(missing[marker] for marker in sorted(needed))
        raise pytest.UsageError("CI is set, so nothing may be missing: " + reasons)


def _start_database(config: pytest.Config, engine: str, missing: dict[str, str]) -> None:
    try:
        server = ENGINES[engine].start()
    except ServerError as problem:
        how = ENGINES[engine].HOW_TO_GET_IT.format(variable=DATABASE_VARIABLE)
        missing[engine] = f"no {TITLES[engine]} could be started ({problem}): {how}"
        return
    config.stash[DATABASE_SERVER] = server
    os.environ[DATABASE_VARIABLE] = server.url
    config.add_cleanup(server.stop)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Read no file that is for SQLite alone, as its ``pytestmark`` or its folder's ``conftest.py`` says."""
    if config.stash[ENGINE] == "sqlite":
        return None
    if collection_path.is_dir():
        conftest = collection_path / "conftest.py"
        return (conftest.exists() and "sqlite_only" in conftest.read_text()) or None
    is_test = collection_path.suffix == ".py" and collection_path.name.startswith("test_")
    return (is_test and _FOR_SQLITE_ALONE.search(collection_path.read_text()) is not None) or None


def pytest_itemcollected(item: pytest.Item) -> None:
    if "redis_url" in getattr(item, "fixturenames", ()):
        item.add_marker("redis")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot run here, and put browser tests last (their fixture says why)."""
    missing = config.stash[MISSING]
    left_out = {item for item in items if _is_left_out(item, engine=config.stash[ENGINE], missing=missing)}
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    kept = [item for item in items if item not in left_out]
    items[:] = sorted(kept, key=lambda item: item.get_closest_marker("browser") is not None)


def _is_left_out(item: pytest.Item, *, engine: str, missing: dict[str, str]) -> bool:
    if engine in missing:
        return True
    if item.get_closest_marker("postgres" if engine == "sqlite" else "sqlite_only"):
        return True
    if engine == "mariadb" and item.get_closest_marker("not_on_mariadb"):
        return True
    return any(item.get_closest_marker(marker) for marker in missing)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run in which everything was left out, and will be named, has not failed."""
    if session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.stash[MISSING]:
        session.exitstatus = pytest.ExitCode.OK


def pytest_report_header(config: pytest.Config) -> str:
    if config.stash[ENGINE] == "sqlite":
        return "database: SQLite in memory"
    server = config.stash.get(DATABASE_SERVER, None)
    return "database: " + (server.title if server else os.environ.get(DATABASE_VARIABLE, "none"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name what this run left out, one line each."""
    lines = [f"NOT RUN: {_whose(marker)}; {reason}" for marker, reason in config.stash[MISSING].items()]
    if report := os.environ.get(REPORT_VARIABLE):
        known = Path(report).read_text().splitlines() if Path(report).exists() else []
        Path(report).write_text("".join(f"{line}\n" for line in dict.fromkeys([*known, *lines])))
    elif config.stash[ENGINE] == "sqlite" and config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        lines.append(
            "NOT RUN: tests marked postgres, for this run is on SQLite; run `pytest --engine=postgres`"
        )
    for line in lines:
        terminalreporter.write_line(line, yellow=True)


def _whose(marker: str) -> str:
    return f"everything on {TITLES[marker]}" if marker in TITLES else f"tests marked {marker}"


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a real Valkey or Redis, empty when the run begins."""
    if REDIS_VARIABLE in os.environ:
        yield os.environ[REDIS_VARIABLE]
        return
    server = valkey.start()
    yield server.url
    server.stop()
