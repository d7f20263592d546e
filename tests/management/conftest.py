"""Feeding text to ``revoke_leaked``, for its tests."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from tests.support.factories import UserFactory, register
from tests.support.oauth import OAuthClient, with_person


@pytest.fixture
def oauth() -> OAuthClient:
    return with_person(register(name="Photo Printer"), UserFactory(username="grace"))


@pytest.fixture
def feed(tmp_path: Any) -> Any:
    """Feed lines to the command and return what it printed."""

    def run(*lines: str, arguments: tuple[str, ...] = (), encoding: str = "utf-8") -> str:
        file = tmp_path / "leaked.txt"
        file.write_bytes("".join(f"{line}\n" for line in lines).encode(encoding))
        out = io.StringIO()
        call_command("revoke_leaked", str(file), *arguments, stdout=out, stderr=out)
        return out.getvalue()

    return run


@pytest.fixture
def told(feed: Any) -> Any:
    """Feed lines to the command and return what it tells scripts."""

    def run(*lines: str, dry: bool = False) -> list[dict[str, Any]]:
        arguments = ("--json", *(["--dry-run"] if dry else []))
        return [json.loads(line) for line in feed(*lines, arguments=arguments).splitlines()]

    return run
