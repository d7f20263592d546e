"""What every test stands on. Fixtures of one subject live in the conftest.py of its folder."""

import re
import time
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import time_machine
from coverage import Coverage
from django.core.cache import cache
from django.test import TransactionTestCase, override_settings

from oauthcore import testing
from oauthcore.rules.jose import private_keys
from tests.support.clock import NOON
from tests.support.conformance import MARKS, TITLES, marker_of, paper_of
from tests.support.emptied_tables import empty_tables
from tests.support.rsa_keys import kept_rsa_key

HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    for paper, title in TITLES.items():
        config.addinivalue_line("markers", f"{marker_of(paper)}: {title}")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let ``-m rfc7636`` select what ``@pytest.mark.rfc("7636", "4.6")`` marks.

    A test whose name has an address of memory or the present time is refused: each process of a parallel run
    would name it in another way, and none would run.
    """
    now = time.time()
    if " at 0x" in item.name or any(
        abs(int(one) - now) < 1e6 for one in re.findall(r"\b\d{10}\b", item.name)
    ):
        raise pytest.UsageError(
            f"each process names this test in another way, so give it an id: {item.nodeid}"
        )
    for paper in {paper_of(mark, one.args[0]) for mark in MARKS for one in item.iter_markers(mark)}:
        item.add_marker(marker_of(paper))


#: Folders and files without measured coverage, because it makes their tests take half as long again. Others
#: cover the same branches of rules and flows.
UNMEASURED = [
    *("api/wire", "browser", "canaries", "checks", "clients", "faults", "fuzzing", "limiter"),
    *("models/test_migrations.py", "project", "recording", "serving", "site", "testing"),
]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure no coverage of what a test in these folders does, its fixtures included."""
    is_measured = not any(item.path.is_relative_to(HERE / each) for each in UNMEASURED)
    measuring = None if is_measured else Coverage.current()
    if measuring is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


@pytest.fixture(scope="session", autouse=True)
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files that tests upload go to a temporary folder, never to the site's own."""
    with override_settings(MEDIA_ROOT=str(tmp_path_factory.mktemp("media"))):
        yield


@pytest.fixture(scope="session", autouse=True)
def quickly_emptied_tables() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_tables)
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """The cache is one per process and knows nothing of transactions, so nobody rolls it back."""
    cache.clear()


@pytest.fixture(autouse=True)
def empty_memory() -> Iterator[None]:
    """What a process remembers between requests would carry over from one test into the next."""
    testing.forget()
    yield
    testing.forget()


@pytest.fixture(autouse=True)
def quick_rsa_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA keys come from a store of the process, because making one takes 100 ms."""
    numbers = count()
    monkeypatch.setattr(private_keys, "_new_rsa_key", lambda: kept_rsa_key(next(numbers)))


@pytest.fixture
def without_accounts(settings: Any) -> None:
    """A site that leaves the default account backend: it has no accounts."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ACCOUNT_BACKEND": "oauthcore.accounts.NoAccounts"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still at noon until the test moves it: ``clock.shift(60)``, ``clock.move_to(…)``."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller
