"""However many ask for one URL at once, it is read once; and nobody can have too many read."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from oauthcore.flows.oauth import counted_fetches
from oauthcore.flows.oauth.registration import metadata_documents
from oauthcore.limiter import Limit
from oauthcore.models import Application, MetadataDocument
from oauthcore.outgoing import documents
from tests.support.described_client import described
from tests.support.document_server import json_response

pytestmark = pytest.mark.django_db


def limited(settings, **limits):
    settings.OAUTHCORE = {**settings.OAUTHCORE, **limits}


def test_an_address_causes_so_many_fetches(server, ada, settings):
    limited(settings, METADATA_DOCUMENT_LIMIT=(2, 60))
    clients = [described(server, ada, path=f"/{number}") for number in range(3)]

    pages = [one.authorize() for one in clients]

    assert [one.status_code for one in pages] == [200, 200, 429]
    assert int(pages[2]["Retry-After"]) > 0
    assert len(server.requests) == 2
    assert MetadataDocument.objects.count() == 2
    assert clients[0].authorize().status_code == 200


def test_there_are_so_many_fetches_in_all(server, ada, settings):
    limited(settings, METADATA_DOCUMENT_TOTAL_LIMIT=(1, 60))
    one, other = described(server, ada), described(server, ada, path="/other")

    assert one.browser.get("/oauth/authorize", one.parameters(), REMOTE_ADDR="192.0.2.1").status_code == 200
    page = other.browser.get("/oauth/authorize", other.parameters(), REMOTE_ADDR="192.0.2.2")
    assert page.status_code == 429


def test_a_known_document_that_is_to_be_read_again_stays_where_there_are_too_many(server, ada, settings):
    client = described(server, ada)
    client.authorize()
    MetadataDocument.objects.update(fresh_until=timezone.now())
    limited(settings, METADATA_DOCUMENT_LIMIT=(1, 60))
    described(server, ada, path="/other").authorize()

    assert client.authorize().status_code == 429
    assert MetadataDocument.objects.get().application is not None


def held_elsewhere(url):
    """Begin a fetch as another process does."""
    row = MetadataDocument.require(url, now=timezone.now())
    assert row.lease(now=timezone.now(), longest=timedelta(seconds=5))
    return row


@pytest.fixture
def waiting(monkeypatch):
    """Have something happen elsewhere while a request waits: ``waiting(act)``."""

    def during(act, *, pauses=1):
        pause, passed = time.sleep, []

        def once(seconds):
            passed.append(seconds)
            if len(passed) == pauses:
                monkeypatch.setattr(metadata_documents.time, "sleep", pause)
                act()

        monkeypatch.setattr(metadata_documents.time, "sleep", once)

    return during


def test_a_failure_is_shared_by_those_who_waited_for_it(server, ada, waiting):
    client = described(server, ada)
    row = held_elsewhere(client.registered.client_id)
    waiting(lambda: row.release(now=timezone.now(), problem="The host is on fire."))

    assert "on fire" in client.authorize().context["developer_hint"]
    assert server.requests == []
    assert client.authorize().status_code == 200


def test_what_another_process_read_meanwhile_is_used(server, ada, waiting):
    client = described(server, ada)
    client.authorize()
    MetadataDocument.objects.update(fresh_until=timezone.now())
    row = held_elsewhere(client.registered.client_id)
    later = timezone.now() + timedelta(hours=1)
    waiting(lambda: row.store(row.application, client_name="", fresh_until=later, now=timezone.now()))

    assert client.authorize().status_code == 200
    assert len(server.requests) == 1


def test_one_that_another_was_faster_than_waits_for_it(server, ada, waiting, monkeypatch):
    """Both found the URL free; the row count of the lease decides."""
    client, lease = described(server, ada), MetadataDocument.lease

    def lost(row, **how):
        monkeypatch.setattr(MetadataDocument, "lease", lease)
        other = MetadataDocument.find(client.registered.client_id)
        assert other.lease(**how)
        waiting(lambda: other.release(now=timezone.now(), problem="The other one failed."))
        return row.lease(**how)

    monkeypatch.setattr(MetadataDocument, "lease", lost)

    assert "other one failed" in client.authorize().context["developer_hint"]
    assert server.requests == []


def test_a_fetch_that_was_given_up_is_done_by_one_who_waited(server, ada, waiting):
    client = described(server, ada)
    row = held_elsewhere(client.registered.client_id)
    waiting(lambda: row.abandon(now=timezone.now()), pauses=3)

    assert client.authorize().status_code == 200
    assert len(server.requests) == 1


def test_a_process_that_died_holds_a_url_for_seconds_only(server, ada):
    client = described(server, ada)
    held_elsewhere(client.registered.client_id)
    MetadataDocument.objects.update(leased_until=timezone.now())

    assert client.authorize().status_code == 200


def test_a_clock_that_was_wrong_holds_no_url(server, ada):
    client = described(server, ada)
    held_elsewhere(client.registered.client_id)
    MetadataDocument.objects.update(leased_until=timezone.now() + timedelta(days=1))

    assert client.authorize().status_code == 200


def test_nobody_waits_for_ever(server, ada, monkeypatch):
    client = described(server, ada)
    held_elsewhere(client.registered.client_id)
    monkeypatch.setattr(documents, "SECONDS_IN_ALL", 0.0)

    assert client.authorize().status_code == 503
    assert server.requests == []


def test_waiting_and_reading_together_take_no_longer_than_one_fetch(server, ada, waiting, monkeypatch):
    client = described(server, ada)
    server.pages["/client"] = lambda send, _: time.sleep(5)
    row = held_elsewhere(client.registered.client_id)
    monkeypatch.setattr(documents, "SECONDS_IN_ALL", 4.0)
    waiting(lambda: time.sleep(2.4) or row.abandon(now=timezone.now()))

    began = time.monotonic()
    assert client.authorize().status_code == 400
    assert 2.4 < time.monotonic() - began < 5.8


def test_an_address_waits_so_many_times(server, ada, monkeypatch):
    client = described(server, ada)
    held_elsewhere(client.registered.client_id)
    monkeypatch.setattr(documents, "SECONDS_IN_ALL", 0.0)
    monkeypatch.setattr(counted_fetches, "WAITING", Limit("few", 1, 60))

    assert [client.authorize().status_code for _ in range(2)] == [503, 429]


def test_a_fetch_that_was_overtaken_stores_nothing(server, ada, monkeypatch):
    client = described(server, ada)
    fetch = documents.fetch

    def overtaken(url, **how):
        MetadataDocument.objects.update(attempt=7)
        return fetch(url, **how)

    monkeypatch.setattr(documents, "fetch", overtaken)

    assert client.authorize().status_code == 503
    assert not Application.objects.filter(is_self_registered=True).exists()


def test_what_breaks_while_a_document_is_read_leaves_it_to_the_next(server, ada, monkeypatch):
    client = described(server, ada)
    monkeypatch.setattr(documents, "fetch", lambda url, **how: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        client.authorize()
    monkeypatch.undo()
    assert not MetadataDocument.objects.exists()


def test_a_client_id_that_is_taken_by_then_is_refused(server, ada, monkeypatch):
    client = described(server, ada)
    fetch = documents.fetch

    def taken(url, **how):
        Application.objects.create(client_id=url.text, name="Taken", client_type="public")
        return fetch(url, **how)

    monkeypatch.setattr(documents, "fetch", taken)

    assert "Another client has this client ID" in client.authorize().context["developer_hint"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_hundred_requests_at_once_for_one_url_are_one_fetch(server, ada, monkeypatch):
    monkeypatch.setattr(metadata_documents, "_LEASE", timedelta(minutes=1))  # a hundred may take their time
    client, slowly = described(server, ada), threading.Event()
    page = server.pages["/client"]
    server.pages["/client"] = lambda send, _: (slowly.wait(0.5), send(page))
    cookies = client.browser.cookies.output(header="", sep=";")

    def ask(number):
        try:
            browser = type(client.browser)(headers={"cookie": cookies.strip()})
            return browser.get("/oauth/authorize", client.parameters()).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(100) as crowd:
        found = list(crowd.map(ask, range(100)))

    assert found == [200] * 100
    assert len(server.requests) == 1


def test_a_hundred_requests_for_a_url_that_leads_nowhere_have_it_read_once_at_a_time(server, ada):
    client = described(server, ada)
    server.pages["/client"] = json_response({}, status="404 Not Found")

    assert [client.authorize().status_code for _ in range(3)] == [400] * 3
    assert len(server.requests) == 3
