"""The reference site as it is run for real: a server program, a socket, ``DEBUG`` off.

Its database is its own: a SQLite file, or one on the server of the run (``--engine``).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.support.made_once import made_once
from tests.support.servers import launch
from tests.support.servers.launch import Server
from tests.support.serving import databases

ROOT = Path(__file__).resolve().parents[3]
SECONDS_TO_SET_UP = 300
LARGEST_PICTURE = 256 * 2**20
SAID = "demo.json"

#: Two processes, where the server can have them: what is counted or decided must hold across them.
COMMANDS = {
    "gunicorn": ["gunicorn", "reference_site.wsgi:application", "--workers=2", "--threads=4", "--bind={at}"],
    "uvicorn": ["uvicorn", "reference_site.asgi:application", "--host={host}", "--port={port}"],
}


@dataclass(frozen=True)
class Site:
    """A running reference site and what ``demo_data`` has put there."""

    url: str
    demo: dict[str, Any]
    server: Server
    place: Place

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.place.folder

    @property
    def application(self) -> dict[str, Any]:
        """The application that can do all that a confidential one can."""
        found: dict[str, Any] = self.demo["applications"][0]
        return found

    @property
    def credentials(self) -> dict[str, str]:
        """What that application sends in the body to say who it is."""
        return {name: self.application[name] for name in ("client_id", "client_secret")}

    def post(self, path: str, **fields: str) -> requests.Response:
        """Send a form with the application's credentials."""
        return requests.post(self.url + path, data=self.credentials | fields, timeout=60)

    def me(self, access_token: str) -> requests.Response:
        """Call the API with a token."""
        return requests.get(
            f"{self.url}/v1/me", headers={"Authorization": f"Bearer {access_token}"}, timeout=60
        )


@dataclass(frozen=True)
class Place:
    """What a site keeps its things in: a folder, and a database, which may be a copy of another's."""

    folder: Path
    name: str

    @classmethod
    def new(cls, folder: Path, *, copy_of: Place | None = None) -> Place:
        """Make a place where there is nothing yet, or what is in another one."""
        place = cls(folder, f"served_{uuid4().hex}")
        if copy_of is not None:
            shutil.copytree(copy_of.folder, folder, dirs_exist_ok=True)
        databases.create(place.name, copy_of=copy_of.name if copy_of else None)
        return place

    @property
    def database_url(self) -> str:
        """Where its database is."""
        return databases.url_of(self.name) or f"sqlite:///{self.folder / 'db.sqlite3'}"

    def leave(self) -> None:
        """Remove the database; the folder is pytest's."""
        databases.drop(self.name)


def environment(place: Place, issuer: str, **more: str) -> dict[str, str]:
    """Return all that a site in this place reads from the environment."""
    folder = place.folder
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "reference_site.settings",
        "DEBUG": "0",
        "SECRET_KEY": "known-to-everybody-and-used-in-tests-only-0123456789",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": place.database_url,
        "CACHE_URL": "locmemcache://",
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "OAUTHCORE_ISSUER": issuer,
        "TRUSTED_PROXIES": "",
        "EMAIL_URL": "dummymail://",
        "PHOTO_MAX_BYTES": str(LARGEST_PICTURE),
        "LUMEN_PRINTS_FOLDER": str(folder / "lumen_prints"),
        "TMPDIR": str(folder / "temporary"),
        **more,
    }


def set_up(place: Place) -> dict[str, Any]:
    """Fill a site's database, and return what ``demo_data`` says of it. Nobody runs ``collectstatic``."""
    _migrate(place)
    return _demo_data(place)


def migrated(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Return a site with tables and nothing in them, on SQLite: the same one for all processes of a run."""
    folder = made_once(tmp_path_factory, "migrated_site", lambda new: _migrate(Place(new, "migrated")))
    return Place(folder, "migrated")


@contextmanager
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Give a site that was set up, for servers to have copies of; on SQLite one for a whole run."""
    if databases.url_of("any") is None:
        folder = made_once(tmp_path_factory, "original_site", lambda new: _fill(new, tmp_path_factory))
        yield Place(folder, "original"), json.loads((folder / SAID).read_text())
        return
    place = Place.new(tmp_path_factory.mktemp("original"))
    yield place, set_up(place)
    place.leave()


def _fill(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    said = _demo_data(Place.new(folder, copy_of=migrated(tmp_path_factory)))
    (folder / SAID).write_text(json.dumps(said))


def _migrate(place: Place) -> None:
    for name in ("static", "temporary"):
        (place.folder / name).mkdir()
    manage(place, "migrate", "--verbosity=0")


def _demo_data(place: Place) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(manage(place, "demo_data", "--json", "--force"))
    return said


def manage(place: Place, *arguments: str, issuer: str = "http://127.0.0.1:8000", **more: str) -> str:
    """Run a management command on a site, and return what it prints."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment(place, issuer, **more),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=SECONDS_TO_SET_UP,
    ).stdout


def start(
    program: str,
    place: Place,
    demo: dict[str, Any],
    *,
    command: Sequence[str] | None = None,
    path: str = "",
    **more: str,
) -> Site:
    """Start a server program on a site that was set up, by its usual command or by another one.

    The site may be below a ``path``, and may read ``more`` from the environment.
    """
    port = launch.free_port()
    url = f"http://127.0.0.1:{port}{path}"
    words = [
        word.format(at=f"127.0.0.1:{port}", host="127.0.0.1", port=port)
        for word in command or COMMANDS[program]
    ]
    title, process = launch.start(
        [sys.executable, "-m", *words],
        folder=launch.new_folder(program),
        user=None,
        stop_signal=signal.SIGTERM,
        answers=lambda: _answers(url, program),
        environment=environment(place, url, **more),
    )
    return Site(url, demo, Server(url, title, process), place)


def _answers(url: str, program: str) -> str | None:
    try:
        requests.get(f"{url}/.well-known/oauth-authorization-server", timeout=5)
    except (requests.ConnectionError, requests.Timeout):
        return None
    return program
