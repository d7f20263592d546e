"""``create_application --sector-identifier-uri``: its document is read, as for developers."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from oauthcore.flows.oauth.registration import sectors
from oauthcore.models import Application

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("arguments and what they print"),
]

ADDRESS, SECTOR = "https://client.example/cb", "https://sector.example/uris"


@pytest.fixture(autouse=True)
def _listed(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The document of the sector lists one address."""
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "OPENID_CONNECT": True,
        "PAIRWISE_SALT": "a salt for tests, long enough to be one",
        "METADATA_DOCUMENT_LIMIT": (2, 60),
    }
    document = type("Document", (), {"content": [ADDRESS]})
    monkeypatch.setattr(sectors, "fetch", lambda url, **_: document)


def register(address: str, *options: str) -> None:
    arguments = ["Printer", "--redirect-uri", address, "--sector-identifier-uri", SECTOR, *options]
    call_command("create_application", *arguments, stdout=StringIO())


def test_a_sector_is_set_if_its_document_lists_the_redirect_uris():
    register(ADDRESS, "--pairwise")

    assert Application.objects.get().sector_identifier_uri == SECTOR


def test_a_sector_whose_document_does_not_list_them_is_refused():
    with pytest.raises(CommandError, match=r"--sector-identifier-uri: .*every redirect URI"):
        register(f"{ADDRESS}/2", "--pairwise")

    assert not Application.objects.exists()


def test_a_sector_without_pairwise_subjects_is_refused():
    with pytest.raises(CommandError, match="--sector-identifier-uri: it goes with --pairwise"):
        register(ADDRESS)

    assert not Application.objects.exists()


def test_fetches_of_the_document_are_limited_like_others():
    register(ADDRESS, "--pairwise")
    register(ADDRESS, "--pairwise")

    with pytest.raises(CommandError, match="--sector-identifier-uri: Too many"):
        register(ADDRESS, "--pairwise")
