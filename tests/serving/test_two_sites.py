"""Both sites of the demo, as ``make demo`` runs them: Lumen, and the shop that signs people in with it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.support.clients.person import FormReader
from tests.support.servers import launch
from tests.support.serving import served
from tests.support.serving.other_sites import submit
from tests.support.serving.served import Place

PATIENCE_SECONDS = 15


@dataclass(frozen=True)
class Demo:
    """The running demo: two addresses, and the one process that runs both sites."""

    lumen: str
    shop: str
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def place(
    original: tuple[Place, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    place = Place.new(tmp_path_factory.mktemp("demo"), copy_of=original[0])
    yield place
    place.leave()


@pytest.fixture(scope="module")
def demo(place: Place) -> Iterator[Demo]:
    port = _two_free_ports()
    lumen, variables = f"http://127.0.0.1:{port}", _variables(port)
    served.manage(place, "demo_data", issuer=lumen, **variables)
    settings = ["--settings", "reference_site.lumen_prints.settings"]
    served.manage(place, "migrate", "--verbosity=0", *settings, issuer=lumen, **variables)
    demo = Demo(lumen, variables["LUMEN_PRINTS_URL"], _start(place, port))
    assert _comes_true(lambda: _answers(demo.lumen) and _answers(demo.shop))
    yield demo
    demo.process.terminate()
    demo.process.wait(PATIENCE_SECONDS)


def test_a_person_signs_in_at_the_shop_with_lumen(demo: Demo) -> None:
    with httpx.Client(follow_redirects=True, timeout=PATIENCE_SECONDS) as browser:
        login = submit(browser, browser.get(demo.shop), next="/")
        consent = submit(browser, login, username="ada", password="moonlight-over-the-bay")
        shop = submit(browser, consent, transaction=_field(consent, "transaction"), decision="approve")
        assert "ada@example.com" in shop.text


def test_both_end_when_the_program_is_told_to_end(demo: Demo) -> None:
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
