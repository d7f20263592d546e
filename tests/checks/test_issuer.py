"""Checks of the issuer, which clients compare byte for byte."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.checks import ids

pytestmark = pytest.mark.sqlite_only("system checks read settings alone")


@pytest.mark.openid("discovery", "3")
@pytest.mark.rfc("8414", "2")
@pytest.mark.parametrize("behind", ["?", "?x=1", "/tenant?x=1", "#", "#x", "/tenant#x"])
def test_an_issuer_has_neither_query_nor_fragment(behind: str, settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": f"https://id.example{behind}"}

    assert "oauthcore.E002" in ids()


@pytest.mark.openid("discovery", "3")
@pytest.mark.rfc("8414", "2")
def test_an_issuer_may_have_a_path(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": "https://id.example/tenant"}

    assert "oauthcore.E002" not in ids()
