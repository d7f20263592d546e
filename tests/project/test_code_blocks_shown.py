"""The answers and documents that stand alone on our pages are compared with real ones."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import requests
from joserfc.jwk import ECKey
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from oauthcore.logging import JSONFormatter, RequestIdFilter
from oauthcore.rules.oauth.metadata_documents import parse
from oauthcore.rules.wire.https_urls import HttpsURL
from tests.support.code_blocks.blocks import BLOCKS, blocks_of
from tests.support.code_blocks.conversation import assert_same_shape
from tests.support.code_blocks.python import Site
from tests.support.factories import register
from tests.support.jose import with_keys
from tests.support.relying_party import PERSONAL, relying_party
from tests.support.signing import make_keys

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.sqlite_only("no database decides what a page shows"),
]


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """The reference site, running, with its own address as its issuer."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": live_server.url}
    return str(live_server.url)


#: Answers and documents that stand alone on a page.
ALONE = (
    "docs/tutorial.md",
    "docs/client-keys.md",
    "docs/errors.md",
    "docs/metadata-documents.md",
    "docs/running.md",
)
ALONE += ("docs/mastodon.md", "docs/openid-connect.md", "docs/observability.md")
#: Pages whose answers test_code_blocks_sent.py compares.
CONVERSATIONS = {"docs/devices.md", "docs/pushed-requests.md", "docs/mastodon.md", "docs/signing-in.md"}


def test_every_answer_that_a_page_shows_is_compared_with_a_real_one():
    assert {one.page for one in BLOCKS if one.language == "json"} <= {*ALONE, *CONVERSATIONS}


def test_a_refusal_of_the_token_endpoint_is_as_the_page_on_errors_shows_it(site):
    one = register()
    sent = {"grant_type": "authorization_code", "code": "unknown", "client_id": one.client_id}

    refused = requests.post(f"{site}/oauth/token", sent | {"client_secret": one.client_secret}, timeout=20)

    (block,) = blocks_of("docs/errors.md", "json")
    _compare(block, refused.json())


def test_a_token_is_answered_as_the_lesson_shows_it(site):
    one = register(grant_types=["client_credentials"], redirect_uris=[])

    sent = {"grant_type": "client_credentials"}
    answer = requests.post(f"{site}/oauth/token", sent, auth=(one.client_id, one.client_secret), timeout=20)

    (block,) = blocks_of("docs/tutorial.md", "json")
    _compare(block, answer.json())


def test_a_refused_registration_is_answered_as_mastodons_page_shows_it(site):
    refused = requests.post(f"{site}/api/v1/apps", {"redirect_uris": "https://x.example/cb"}, timeout=20)

    (block,) = blocks_of("docs/mastodon.md", "json")
    assert refused.json() == json.loads(block.text)


def test_the_document_of_a_client_on_the_page_is_one_that_is_accepted():
    (block,) = blocks_of("docs/metadata-documents.md", "json")
    document = json.loads(block.text)

    assert parse(document, HttpsURL.parse(document["client_id"])).name == document["client_name"]


def test_the_keys_of_an_application_on_the_page_have_the_members_of_a_key():
    (block,) = blocks_of("docs/client-keys.md", "json")
    key = ECKey.generate_key("P-256", auto_kid=True).as_dict(private=False)

    _compare(block, {"keys": [key]})


def test_a_line_of_the_log_has_the_members_that_the_page_shows():
    record = logging.LogRecord("oauthcore", logging.INFO, "", 0, "refused: invalid_grant", None, None)
    RequestIdFilter().filter(record)
    (block,) = blocks_of("docs/observability.md", "json")

    _compare(block, json.loads(JSONFormatter().format(record)))


def test_userinfo_is_as_the_page_on_openid_connect_shows_it(settings, db):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    (block,) = blocks_of("docs/openid-connect.md", "json")
    make_keys()
    party = relying_party(register(scopes=PERSONAL.split()))
    party.scope = PERSONAL

    real = party.sign_in().userinfo()

    shown = json.loads(block.text)
    assert_same_shape(shown, {name: real[name] for name in shown if name in real}, str(block))


def test_the_client_with_a_key_gets_a_token(site, settings):
    """The block of the page on client keys, which knows its key and where the token endpoint is."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": True}
    key = ECKey.generate_key("P-256", {"kid": "2026-11"})
    one = with_keys(key, grant_types=["client_credentials"], redirect_uris=[])
    names = {"client_id": one.client_id, "private_key": key, "token_endpoint": f"{site}/oauth/token"}
    block = blocks_of("docs/client-keys.md", "python")[-1]

    Site({}, **names).run(block)


def _compare(block: Any, real: Any) -> None:
    assert_same_shape(json.loads(block.text), real, str(block))
