"""The production example runs: built by the steps of its Containerfile, with PostgreSQL and Valkey."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests
import yaml

from tests.support.containers.instructions import read
from tests.support.containers.steps import CONTAINERFILE, below, build
from tests.support.servers import launch
from tests.support.serving import databases

pytestmark = [pytest.mark.postgres, pytest.mark.not_on_mariadb("the example is for PostgreSQL")]

COMPOSE = yaml.safe_load((CONTAINERFILE.parent / "compose.yaml").read_text())
#: As the proxy in front passes requests on.
THROUGH_THE_PROXY = {"Host": "example.org", "X-Forwarded-Proto": "https"}
TOKENS, CLEANUP_ON_WRITES = 40, 10


@dataclass(frozen=True)
class Site:
    url: str
    root: Path
    variables: dict[str, str]
    server: launch.Server
    database: str
    log: Path

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(self.url + path, headers={"Host": "example.org", **headers}, timeout=30)

    def manage(self, *arguments: str) -> str:
        return self.run("manage.py", *arguments).stdout

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.root / "venv/bin/python"), *arguments],
            cwd=self.root / "site",
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("container")
    build(root, installed=Path(sys.prefix))
    database = f"production_{uuid4().hex}"
    databases.create(database)
    port = launch.free_port()
    variables = _variables(root, databases.url_of(database) or "", redis_url, port)
    (command,) = read(CONTAINERFILE)[-1].all_of("CMD")
    url = f"http://127.0.0.1:{port}"
    folder = launch.new_folder("production")
    title, process = launch.start(
        [
            *("env", f"--chdir={root / 'site'}"),
            *(below(root, word) for word in command.arguments),
        ],
        folder=folder,
        user=None,
        stop_signal=signal.SIGTERM,
        answers=lambda: _answers(url),
        environment=variables,
    )
    server = launch.Server(url, title, process)
    yield Site(url, root, variables, server, database, folder / "log")
    server.stop()
    databases.drop(database)


def _variables(root: Path, database: str, redis_url: str, port: int) -> dict[str, str]:
    """What compose.yaml and the image set, but for where this machine has things."""
    variables: dict[str, str] = dict(COMPOSE["services"]["site"]["environment"])
    secrets = root / "secrets"
    secrets.mkdir()
    for name in [name for name in variables if name.endswith("_FILE")]:
        path = secrets / Path(variables[name]).name
        path.write_text(f"{path.name} of a test that is long enough 0123456789\n")
        variables[name] = str(path)
    parts = urlsplit(database)
    (secrets / "database_password").write_text(parts.password or "")
    return variables | {
        "PATH": f"{root}/venv/bin:{os.environ['PATH']}",
        "PYTHONPATH": str(root / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATABASE_HOST": parts.hostname or "",
        "DATABASE_PORT": str(parts.port or 5432),
        "DATABASE_USER": parts.username or "",
        "DATABASE_NAME": parts.path[1:],
        "LIMITER_URL": redis_url,
        "TRUSTED_PROXIES": "127.0.0.1",
        "PROMETHEUS_MULTIPROC_DIR": str(root / "metrics"),
        "CLEANUP_ON_WRITES": str(CLEANUP_ON_WRITES),
        "BIND": f"127.0.0.1:{port}",
    }


def _answers(url: str) -> str | None:
    try:
        requests.get(f"{url}/healthz", headers={"Host": "example.org"}, timeout=5)
    except (requests.ConnectionError, requests.Timeout):
        return None
    return "gunicorn"


def _until(ask: Any) -> bool:
    deadline = time.monotonic() + 60
    while not (found := ask()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return bool(found)


def _files(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


def test_it_lives_is_migrated_serves_counts_in_all_processes_and_cleans_up(site):
    before = _files(site.root / "site")
    assert site.get("/healthz").json() == {"status": "ok"}
    waiting = site.get("/readyz")
    assert (waiting.status_code, waiting.json()["checks"]["migrations"]) == (503, "failed")
    assert site.run("healthcheck.py").returncode == 1

    site.manage("migrate", "--noinput", "--verbosity=0")
    assert _until(lambda: site.get("/readyz").status_code == 200)
    assert site.run("healthcheck.py").returncode == 0

    credentials = json.loads(
        site.manage("create_application", "Nightly", "--grant-type=client_credentials", "--json")
    )
    body = {name: credentials[name] for name in ("client_id", "client_secret")}

    def issue(_: int) -> int:
        return requests.post(
            f"{site.url}/oauth/token",
            data=body | {"grant_type": "client_credentials"},
            headers=THROUGH_THE_PROXY,
            timeout=30,
        ).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(issue, range(TOKENS))) == {200}

    _assert_counted(site)
    _assert_cleaned_up(site)
    doctor = site.run("manage.py", "oauthcore_doctor", "--deploy", "--skip-site", "--fail-level=WARNING")
    assert doctor.returncode == 0, doctor.stdout
    assert _files(site.root / "site") == before, "the file system may be read-only"
    assert re.findall(r".*(?:\[ERROR\]|Control).*", site.log.read_text()) == [], "gunicorn needs no home"


def _assert_counted(site: Site) -> None:
    token = Path(site.variables["METRICS_TOKEN_FILE"]).read_text().strip()
    sample = 'oauthcore_token_requests_total{grant_type="client_credentials",outcome="ok"}'
    assert site.get("/metrics").status_code == 403
    answers = [site.get("/metrics", Authorization=f"Bearer {token}").text for _ in range(4)]
    counts = [float(re.findall(rf"(?m)^{re.escape(sample)} (\S+)$", text)[0]) for text in answers]
    assert counts == [TOKENS] * 4, "whichever process answers"
    files = Path(site.variables["PROMETHEUS_MULTIPROC_DIR"]).glob("counter_*.db")
    assert len(list(files)) == 2, "both processes have counted"


def _assert_cleaned_up(site: Site) -> None:
    def begun() -> bool:
        with databases.connected(databases.url_of(site.database) or "") as cursor:
            cursor.execute("SELECT count(*) FROM oauthcore_cleanuprun")
            return bool(cursor.fetchone()[0])

    assert _until(begun), "a share of writes cleans up, after the answer"
