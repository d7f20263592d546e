"""A document is kept as its headers say; what it no longer allows ends, and failures are forgotten."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from oauthcore.models import Application, Consent, MetadataDocument, SecurityEvent
from oauthcore.outgoing import documents
from tests.support.described_client import described
from tests.support.oauth import answer

pytestmark = pytest.mark.django_db

A_DAY = 24 * 60 * 60


@pytest.fixture
def later():
    """Go to another time: ``later(seconds)``."""
    began, travellers = timezone.now(), []

    def go(seconds):
        travellers.append(time_machine.travel(began + timedelta(seconds=seconds), tick=True))
        travellers[-1].start()

    yield go
    for traveller in reversed(travellers):
        traveller.stop()


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "5.2")
@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Cache-Control: max-age=3600", 3600),
        ("Cache-Control: no-store", 300),
        ("Cache-Control: max-age=1", 300),
        ("Cache-Control: max-age=31536000", A_DAY),
        ("X-Nothing: said", 300),
    ],
)
def test_a_document_is_kept_as_its_headers_say_within_bounds(server, ada, later, header, seconds):
    client = described(server, ada)
    server.put_client(header, redirect_uris=["https://client.example/cb"])

    client.authorize()
    later(seconds - 30)
    client.authorize()
    assert len(server.requests) == 1
    later(seconds + 30)
    client.authorize()
    assert len(server.requests) == 2


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "5.2")
def test_a_failure_is_never_kept(server, ada):
    client = described(server, ada)
    page, server.pages["/client"] = server.pages["/client"], b"HTTP/1.1 500 Broken\r\n\r\n"

    assert client.authorize().status_code == 400
    server.pages["/client"] = page
    assert client.authorize().status_code == 200
    assert len(server.requests) == 2


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "5.1")
def test_a_document_that_is_gone_lets_nobody_in_any_more(server, ada, later):
    client = described(server, ada)
    client.tokens()
    del server.pages["/client"]

    later(301)

    assert client.authorize().status_code == 400


def test_tokens_are_traded_by_what_was_read_last(server, ada, later):
    client = described(server, ada)
    tokens = client.tokens()
    del server.pages["/client"]

    later(301)

    assert client.refresh(tokens["refresh_token"]).status_code == 200
    assert len(server.requests) == 1


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "8.4")
@pytest.mark.parametrize(
    ("change", "redeemed", "refreshed"),
    [
        ({"redirect_uris": ["https://client.example/other"]}, 400, 200),
        ({"grant_types": ["authorization_code"]}, 200, 400),
        ({"scope": "api.images.read"}, 400, 400),
        ({"client_name": "Another"}, 200, 200),
    ],
)
def test_what_a_changed_document_no_longer_allows_ends(
    server, ada, later, settings, change, redeemed, refreshed
):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "AUTHORIZATION_CODE_LIFETIME": 600}
    client = described(server, ada)
    tokens, code = client.tokens(), client.code()
    described(server, ada, **change)

    later(301)
    client.authorize()

    assert client.redeem(code).status_code == redeemed
    assert client.refresh(tokens["refresh_token"]).status_code == refreshed
    events = SecurityEvent.objects.filter(kind=SecurityEvent.Kind.APPLICATION_CHANGED)
    names = [one.reason for one in events]
    changed = [f"by its metadata document: {'scopes' if one == 'scope' else one}" for one in change]
    assert names == ([] if "client_name" in change else changed)


def test_what_staff_decided_stays_but_they_verified_another_redirect_uri(server, ada, later):
    client = described(server, ada)
    client.authorize()
    rows = Application.objects.filter(is_self_registered=True)
    rows.update(is_verified=True, is_suspended=True, may_introspect=True)

    later(301)
    client.authorize()
    assert rows.get().is_verified

    described(server, ada, redirect_uris=["https://elsewhere.example/cb"])
    later(602)
    client.authorize()
    application = rows.get()
    assert not application.is_verified
    assert application.is_suspended
    assert application.may_introspect
    assert application.redirect_uris == ("https://elsewhere.example/cb",)


@pytest.mark.parametrize(
    ("members", "is_verified"),
    [
        ({"post_logout_redirect_uris": ["https://client.example/bye"]}, False),
        ({"scope": "read write:media"}, True),
    ],
)
def test_another_scope_and_another_address_after_a_logout_end_the_trust(
    server, ada, later, settings, members, is_verified
):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    described(server, ada, scope="read").authorize()
    rows = Application.objects.filter(is_self_registered=True)
    rows.update(is_verified=True, is_trusted=True)

    later(301)
    described(server, ada, **{"scope": "read", **members}).authorize()

    assert (rows.get().is_verified, rows.get().is_trusted) == (is_verified, False)


def test_scopes_that_staff_gave_besides_stay(server, ada, later, settings):
    levels = {"read": {"level": "open"}, "staff": {"level": "staff"}}
    words = {"SCOPES": levels, "DEFAULT_SCOPES": ["read"], "OPENID_CONNECT": False}
    settings.OAUTHCORE = {**settings.OAUTHCORE, **words}
    client = described(server, ada)
    client.authorize()
    rows = Application.objects.filter(is_self_registered=True)
    rows.update(scopes=["read", "staff", "gone"])

    later(301)
    client.authorize()

    assert rows.get().scopes == {"read", "staff"}


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "8.1")
def test_a_redirect_to_another_host_is_asked_about_again(server, ada, later):
    both = ["https://client.example/cb", "https://client.example/other", "https://elsewhere.example/cb"]
    client = described(server, ada, redirect_uris=both)
    client.code()

    assert client.authorize().status_code == 302
    assert client.authorize(redirect_uri=both[1]).status_code == 302
    page = client.authorize(redirect_uri=both[2])
    assert page.status_code == 200
    assert page.context["kept"] == []

    answer(client.decide(redirect_uri=both[2]))
    assert client.authorize(redirect_uri=both[2]).status_code == 302
    assert client.authorize().status_code == 302


def test_a_number_names_no_client_that_a_document_describes(server, ada):
    """It would pass by the document, which may have lost the redirect URI since."""
    client = described(server, ada)
    code, number = client.code(), str(Application.objects.get(is_self_registered=True).pk)

    assert client.authorize().status_code == 302
    by_number = client.authorize(client_id=number)
    assert by_number.status_code == 400
    assert "Location" not in by_number
    assert client.redeem(code, client_id=number).status_code == 401
    assert client.redeem(code).status_code == 200


@pytest.mark.rfc("8252", "7.3")
def test_a_program_on_the_device_is_remembered_without_the_port_that_it_had(server, ada):
    client = described(server, ada, redirect_uris=["http://127.0.0.1/cb", "https://localhost:8443/cb"])

    for port in (50001, 50002):
        client.code(redirect_uri=f"http://127.0.0.1:{port}/cb")
    client.code(redirect_uri="https://localhost:8443/cb")

    assert Consent.objects.get().redirect_hosts == {"127.0.0.1", "localhost"}


def test_no_transaction_is_open_while_a_document_is_read(server, ada, monkeypatch, transactional_db):
    client, seen = described(server, ada), []
    fetch = documents.fetch

    def watched(url, **how):
        seen.append(connection.in_atomic_block)
        return fetch(url, **how)

    monkeypatch.setattr(documents, "fetch", watched)

    assert client.authorize().status_code == 200
    assert seen == [False]


def test_a_url_that_leads_nowhere_leaves_no_row_for_long(server, ada, later):
    client = described(server, ada)
    server.pages.clear()
    client.authorize()
    assert MetadataDocument.objects.count() == 1

    later(3600)

    assert MetadataDocument.long_over(now=timezone.now()).count() == 1
