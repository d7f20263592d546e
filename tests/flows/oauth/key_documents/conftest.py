"""A site that reads keys at addresses, and a server that has some."""

from __future__ import annotations

import pytest

from oauthcore.flows.applications import client_keys
from tests.support.document_server import documents_on_loopback
from tests.support.factories import register
from tests.support.jose import key_set, new_key
from tests.support.key_documents import PATH


@pytest.fixture(autouse=True)
def _switched_on(settings):
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "PRIVATE_KEY_JWT": True,
        "ENTERPRISE_MANAGED_AUTHORIZATION": True,
        "METADATA_DOCUMENT_LOOPBACK": True,
    }


@pytest.fixture
def server(monkeypatch, tmp_path):
    with documents_on_loopback(monkeypatch, tmp_path) as (server, _resolver):
        yield server


@pytest.fixture
def publish(server):
    """Publish a set of keys, and return its address."""

    def put(*keys):
        server.put(key_set(*keys).encode(), path=PATH)
        return server.url(PATH)

    return put


@pytest.fixture
def one(publish):
    """An application whose keys are at an address, and its private key."""
    registered, key = register(), new_key()
    client_keys.set_address(registered.application, publish(key), user=None)
    return registered, key
