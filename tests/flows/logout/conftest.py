"""Applications that are told of logouts, and their host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from oauthcore.outgoing import forms
from tests.support.document_server import DocumentServer, Resolver, documents_on_loopback
from tests.support.logging_out import SignedIn, with_keys


@pytest.fixture
def hosted(monkeypatch: Any, tmp_path: Any) -> Any:
    monkeypatch.setattr(forms, "SECONDS_IN_ALL", 60.0)
    with documents_on_loopback(monkeypatch, tmp_path) as both:
        yield both


@pytest.fixture
def host(hosted: tuple[DocumentServer, Resolver], settings: Any) -> DocumentServer:
    """The host of every application: it answers 200 at ``/out``, and 500 at ``/broken``."""
    with_keys(settings)
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METADATA_DOCUMENT_LOOPBACK": True}
    hosted[0].put({}, path="/out")
    hosted[0].put({}, path="/broken", status="500 Broken")
    return hosted[0]


@pytest.fixture
def sign_in(db: None, host: DocumentServer) -> Callable[..., SignedIn]:
    """Make applications in which a person is signed in. Logout tokens go to a path of the host."""

    def make(path: str = "/out", **values: Any) -> SignedIn:
        return SignedIn(**{"backchannel_logout_uri": host.url(path), **values})

    return make
