"""Both sites of the demo, as ``make demo`` runs them: Lumen, and the shop that signs people in with it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.clients.person import FormReader
from tests.support.relying_parties import running
from tests.support.servers import launch
from tests.support.serving import served
from tests.support.serving.other_sites import submit
from tests.support.serving.served import Place

PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Demo:
    """The running demo: two addresses, and the one process that runs both sites."""

    lumen: str
    shop: str
    process: subprocess.Popen[bytes]


#: The people and the applications of the demo; The pictures are left out, because they take longest.
MAKE_DATA = """
from reference_site.demo import applications, people
users = people.install_people()
people.install_accounts(users)
applications.install_applications(owner=users["ada"])
"""


@pytest.fixture(scope="module")
def port() -> int:
    return _two_free_ports()


@pytest.fixture(scope="module")
def place(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The data of both sites."""
    beginning = served.migrated(tmp_path_factory)
    place = Place.new(tmp_path_factory.mktemp("demo"), copy_of=beginning)
    shop = ["--settings", "reference_site.lumen_prints.settings"]
    for words in (
        ["migrate", "--verbosity=0", *shop],
        ["rotate_signing_keys"],
        ["shell", "--no-imports", "--command", MAKE_DATA],
    ):
        served.manage(place, *words, issuer=f"http://127.0.0.1:{port}", **_variables(port))
    yield place
    place.leave()


@pytest.fixture(scope="module")
def demo(place: Place, port: int) -> Iterator[Demo]:
    shop = _variables(port)["LUMEN_PRINTS_URL"]
    demo = Demo(f"http://127.0.0.1:{port}", shop, _start(place, port))
    assert _comes_true(lambda: _answers(demo.lumen) and _answers(demo.shop))
    yield demo
    demo.process.terminate()
    demo.process.wait(PATIENCE_SECONDS)


def test_a_person_signs_in_at_the_shop_and_a_logout_at_lumen_reaches_it_at_once(demo: Demo) -> None:
    with httpx.Client(follow_redirects=True, timeout=PATIENCE_SECONDS) as browser:
        login = submit(browser, browser.get(demo.shop), next="/")
        consent = submit(browser, login, username="ada", password="moonlight-over-the-bay")
        shop = submit(browser, consent, transaction=_field(consent, "transaction"), decision="approve")
        assert "ada@example.com" in shop.text

        lumen = browser.get(demo.lumen)
        submit(browser, lumen, csrfmiddlewaretoken=_field(lumen, "csrfmiddlewaretoken"))

        assert _comes_true(lambda: "Sign in with Lumen" in browser.get(demo.shop).text)


def test_both_sites_end_when_the_program_is_told_to_end(demo: Demo) -> None:
    demo.process.terminate()

    assert demo.process.wait(PATIENCE_SECONDS) == 0
    assert not _answers(demo.lumen)
    assert not _answers(demo.shop)


def test_lumen_ends_when_the_shop_cannot_start(place: Place) -> None:
    port = _two_free_ports()
    with socket.create_server(("127.0.0.1", port + 1)):
        process = _start(place, port)
        status = process.wait(PATIENCE_SECONDS)

    assert status != 0
    assert not _answers(f"http://127.0.0.1:{port}")
    assert (
        f"port {port + 1} (reference_site.lumen_prints.settings) ended with status {status}"
        in (place.folder / "log").read_text()
    )


def test_the_shop_asks_for_a_logout_token_again_while_lumen_is_down(tmp_path: Path) -> None:
    (tmp_path / "client_secret").write_text("of nobody")
    with running(
        "reference_site.lumen_prints.settings",
        tmp_path,
        OAUTHCORE_ISSUER=f"http://127.0.0.1:{launch.free_port()}",
        LUMEN_PRINTS_URL="{url}",
        LUMEN_PRINTS_FOLDER=str(tmp_path),
    ) as shop:
        answer = httpx.post(f"{shop}/backchannel-logout", data={"logout_token": "e30.e30.e30"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


def test_the_models_of_the_shop_have_their_migrations(place: Place, port: int) -> None:
    shop = ["--settings", "reference_site.lumen_prints.settings"]

    served.manage(place, "makemigrations", "--check", "--dry-run", *shop, **_variables(port))


def _two_free_ports() -> int:
    """Return the first of two neighbours that nobody listens on."""
    while True:
        port = launch.free_port()
        if not _answers(f"http://127.0.0.1:{port + 1}"):
            return port


def _variables(port: int) -> dict[str, str]:
    return {"DEBUG": "1", "LUMEN_PRINTS_URL": f"http://127.0.0.1:{port + 1}"}


def _start(place: Place, port: int) -> subprocess.Popen[bytes]:
    """Start both sites, as the Makefile does."""
    with (place.folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "reference_site.demo.servers", str(port)],
            cwd=served.ROOT,
            env=served.environment(place, f"http://127.0.0.1:{port}", **_variables(port)),
            stdout=log,
            stderr=log,
        )


def _field(page: httpx.Response, name: str) -> str:
    form = FormReader(page.text).form_with(name)
    assert form is not None, page.text
    return dict(form[1])[name]


def _answers(url: str) -> bool:
    try:
        httpx.get(url, timeout=5)
    except httpx.TransportError:
        return False
    return True


def _comes_true(asked: Any) -> bool:
    until = time.monotonic() + PATIENCE_SECONDS
    while not (is_so := bool(asked())) and time.monotonic() < until:
        time.sleep(0.1)
    return is_so
