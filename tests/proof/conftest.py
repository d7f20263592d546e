"""A ledger to plant requests in. Every test here is on a real PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from proof.ledger import Ledger


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker("postgres")
    item.add_marker(pytest.mark.django_db)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl")
