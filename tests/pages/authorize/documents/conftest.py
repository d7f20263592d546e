"""A site that reads the documents of clients, and a host on loopback that has some."""

import pytest

from tests.support.document_server import documents_on_loopback


@pytest.fixture(autouse=True)
def switched_on(settings):
    on = {"CLIENT_ID_METADATA_DOCUMENTS": True, "METADATA_DOCUMENT_LOOPBACK": True}
    settings.OAUTHCORE = {**settings.OAUTHCORE, **on}


@pytest.fixture
def hosted(monkeypatch, tmp_path):
    with documents_on_loopback(monkeypatch, tmp_path) as both:
        yield both


@pytest.fixture
def server(hosted):
    return hosted[0]


@pytest.fixture
def resolver(hosted):
    return hosted[1]
