"""Other sites that oauthcore is installed in: the reference site with something changed, behind gunicorn."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx

from tests.support.clients.person import FormReader
from tests.support.factories import PASSWORD
from tests.support.servers import launch
from tests.support.serving.served import ROOT, Place, environment

#: What every one of them has. All people come from 127.0.0.1.
SETTINGS = """
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
OAUTHCORE |= {"LOGIN_ADDRESS_LIMIT": (1000, 300), "LOGIN_LIMIT": (1000, 300)}
"""


@contextmanager
def running(
    folder: Path, files: dict[str, str], make_people: str, *, beginning: Place
) -> Iterator[tuple[str, str]]:
    """Run a site whose package is ``mysite``; give its address, and what making people printed.

    ``files`` are written behind what the package has already: its settings are those of the reference site.
    So are its tables, in the beginning.
    """
    package = folder / "mysite"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "settings.py").write_text("from reference_site.settings import *\n" + SETTINGS)
    for name, text in files.items():
        with (package / name).open("a") as file:
            file.write(text)
    url = f"http://127.0.0.1:{launch.free_port()}"
    place = Place.new(folder, copy_of=beginning)
    variables = environment(place, url) | {
        "DJANGO_SETTINGS_MODULE": "mysite.settings",
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
    }
    _run(variables, "manage.py", "migrate", "--verbosity=0")
    printed = _run(variables, "-c", make_people, PASSWORD)
    server = ["gunicorn", "reference_site.wsgi:application", "--workers=2", "--threads=4"]
    _, process = launch.start(
        [
            *(sys.executable, "-m", *server),
            *("--chdir", str(folder), "--bind", url.removeprefix("http://")),
        ],
        folder=launch.new_folder("other-site"),
        user=None,
        stop_signal=signal.SIGTERM,
        answers=lambda: _answers(url),
        environment=variables,
    )
    yield url, printed
    launch.Server(url, "gunicorn", process).stop()
    place.leave()


def submit(browser: httpx.Client, page: httpx.Response, **typed: str) -> httpx.Response:
    """Fill in the form that has these fields, and send it."""
    form = FormReader(page.text).form_with(next(iter(typed)))
    assert form is not None, page.text
    fields: dict[str, list[str]] = {}
    for name, value in form[1]:  # a name may be there more than once: ticked boxes
        fields.setdefault(name, []).append(value)
    return browser.post(urljoin(str(page.url), form[0]), data={**fields, **typed})


def _run(variables: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _answers(url: str) -> str | None:
    try:
        httpx.get(f"{url}/.well-known/oauth-authorization-server", timeout=5)
    except httpx.TransportError:
        return None
    return "gunicorn"
