"""Addresses that nobody means: they lead nowhere, and break nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db

_PATHS = [
    "x" * 300,
    "a/" * 3000,
    "%00",
    "..%2fsecret.txt",
    "%2e%2e/secret.txt",
    "../secret.txt",
    "//etc/passwd",
]


@pytest.mark.parametrize("path", _PATHS)
def test_no_path_below_docs_leads_out_of_the_documentation_or_breaks(path, settings, tmp_path: Path):
    root = tmp_path / "docs"
    root.mkdir()
    (root / "index.html").write_text("the front page")
    (tmp_path / "secret.txt").write_text("a secret")
    settings.DOCS_ROOT = str(root)

    front = Client().get("/docs/")
    front.close()
    assert front.status_code == 200
    assert Client().get(f"/docs/{path}").status_code in (400, 404)


def test_a_client_id_with_nul_has_no_test_page(client):
    client.force_login(UserFactory())

    assert client.get("/", {"application": "\x00"}).status_code == 404
