"""A row that stays locked, and a database that is stopped, cost some requests 503 and hang nobody.

On PostgreSQL and, with ``--engine=mariadb``, on MariaDB.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.frozen import frozen
from tests.support.servers import DATABASE_VARIABLE, mariadb, postgresql
from tests.support.servers.launch import Server
from tests.support.serving import databases, served
from tests.support.serving.served import Place, Site

pytestmark = pytest.mark.postgres

CROWD = 8
MOST_SECONDS = 3.0
COMMANDS = {
    "gunicorn": ["gunicorn", "reference_site.wsgi:application", "--workers=2", "--threads=16", "--bind={at}"],
    "uvicorn": served.COMMANDS["uvicorn"],
}


@dataclass(frozen=True)
class Answered:
    """What a request was answered, and after how many seconds."""

    status: int
    retry_after: str | None
    seconds: float


def timed(method: str, url: str, **how: Any) -> Answered:
    began = time.monotonic()
    answer = requests.request(method, url, timeout=60, **how)
    return Answered(answer.status_code, answer.headers.get("Retry-After"), time.monotonic() - began)


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    """A server of its own, of the kind the run is on: the one that other tests use must not be stopped."""
    kept = os.environ[DATABASE_VARIABLE]
    server = mariadb.start() if urlsplit(kept).scheme == "mysql" else postgresql.start()
    os.environ[DATABASE_VARIABLE] = server.url
    yield server
    os.environ[DATABASE_VARIABLE] = kept
    server.stop()


@pytest.fixture(scope="module")
def prepared(database, tmp_path_factory) -> tuple[Place, dict[str, Any]]:
    place = Place.new(tmp_path_factory.mktemp("stuck"))
    return place, served.set_up(place)


@pytest.fixture(params=list(COMMANDS))
def site(request, prepared) -> Iterator[Site]:
    running = served.start(request.param, *prepared, command=COMMANDS[request.param])
    yield running
    running.server.stop()


@pytest.fixture
def token(site) -> str:
    """The application's own access token, once the site has all it needs to give one."""
    answer = until_ok(lambda: site.post("/oauth/token", grant_type="client_credentials"))
    found = str(answer.json()["access_token"])
    # Every process has imported what it needs, and connections are open, as on a site that is busy.
    with ThreadPoolExecutor(CROWD) as pool:
        list(pool.map(lambda _: until_ok(lambda: site.me(found)), range(4 * CROWD)))
    return found


def until_ok(ask: Callable[[], requests.Response]) -> requests.Response:
    """Ask until the site serves; right after a start or a fault it may say that it does not yet."""
    deadline = time.monotonic() + 20
    while (answer := ask()).status_code != 200:
        assert answer.status_code == 503
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return answer


def at_once(site: Site, ask: Any) -> tuple[list[Answered], Answered]:
    """Let a crowd ask at once, and meanwhile somebody for what needs no SQL."""
    with ThreadPoolExecutor(CROWD) as pool:
        waiting = [pool.submit(ask) for _ in range(CROWD)]
        time.sleep(0.5)
        meanwhile = timed("GET", f"{site.url}/.well-known/oauth-authorization-server")
        return [one.result() for one in waiting], meanwhile


def assert_given_up(answers: list[Answered], meanwhile: Answered, capsys: Any, what: str) -> None:
    seconds = sorted(round(one.seconds, 2) for one in answers)
    with capsys.disabled():
        print(  # noqa: T201 - the seconds are what one wants to know
            f"\n{what}: {seconds}; without SQL {meanwhile.status} after {meanwhile.seconds:.2f}"
        )
    assert {(one.status, one.retry_after) for one in answers} == {(503, "1")}
    assert seconds[-1] < MOST_SECONDS
    assert meanwhile.status == 200
    assert meanwhile.seconds < 1


def test_requests_behind_a_locked_row_are_answered_in_time(site, token, prepared, capsys):
    with databases.connected(prepared[0].database_url) as holder:
        holder.execute("SELECT 1 FROM oauthcore_grant ORDER BY id DESC LIMIT 1 FOR UPDATE")
        holder.execute("SELECT 1 FROM oauthcore_token ORDER BY id DESC LIMIT 1 FOR UPDATE")

        answers, meanwhile = at_once(
            site,
            lambda: timed("POST", f"{site.url}/oauth/revoke", data=site.credentials | {"token": token}),
        )

        assert_given_up(answers, meanwhile, capsys, f"{site.server.title}, behind a locked row")
    assert site.me(token).status_code == 200
    assert site.post("/oauth/revoke", token=token).status_code == 200
    assert site.me(token).status_code == 401


def test_requests_behind_a_stopped_database_are_answered_in_time(site, token, database, capsys):
    header = {"Authorization": f"Bearer {token}"}

    with frozen(database):
        answers, meanwhile = at_once(site, lambda: timed("GET", f"{site.url}/v1/me", headers=header))
        health = [timed("GET", f"{site.url}/{name}") for name in ("healthz", "readyz", "readyz")]
        page = timed(
            "POST", f"{site.url}/oauth/token", data=site.credentials | {"grant_type": "client_credentials"}
        )

    assert_given_up(answers, meanwhile, capsys, f"{site.server.title}, behind a stopped database")
    assert (page.status, page.seconds < MOST_SECONDS) == (503, True)
    assert [one.status for one in health] == [200, 503, 503]
    assert sum(one.seconds for one in health) < MOST_SECONDS
    assert health[1].retry_after == "2"
    until_ok(lambda: requests.get(f"{site.url}/readyz", timeout=60))
    until_ok(lambda: site.me(token))
