"""The limits under ASGI, where a body would be read whole before any view: ``oauthcore.asgi.RequestLimits``.

What servers make of it is in ``tests/serving``.
"""

from __future__ import annotations

import gc
from functools import partial
from unittest.mock import Mock

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.asgi import get_asgi_application
from django.core.signals import request_finished
from django.db import OperationalError

from oauthcore.asgi import RequestLimits
from oauthcore.models import Grant, SecurityEvent, Usage
from oauthcore.recording.writing import BATCHES
from reference_site.accounts.backend import MembershipBackend
from reference_site.photos.models import Image, ImageSet
from tests.support.reference_site.factories import ImageFactory
from tests.support.reference_site.files import stored_files
from tests.support.service_tokens.exchange import Exchange
from tests.support.service_tokens.making import make
from tests.support.service_tokens.uploading import WAYS

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("media_root"),
    pytest.mark.sqlite_only("bytes are counted before any view runs"),
]

NEW_SET = b'{"name": "By the sea"}'
LENGTH = str(len(NEW_SET))


@pytest.fixture(scope="module")
def application():
    return RequestLimits(get_asgi_application())


@pytest.fixture
def run(application):
    """Send a new set, or whatever else is said."""

    def send(made, **how):
        return Exchange(made.text, **{"pieces": [NEW_SET], **how}).through(application)

    return send


def writer(**limits):
    return make(scopes=["api.sets.write", "api.upload"], **limits)


def assert_refused(answer, status, error, *, asked_for=0):
    assert (answer.status, answer.error, answer.asked_for) == (status, error, asked_for)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["request-id"]
    assert not ImageSet.objects.exists()


def test_a_body_of_the_cap_is_taken(run):
    assert run(writer(max_request_bytes=len(NEW_SET)), content_length=LENGTH).status == 201


def test_a_declared_body_above_it_is_refused_before_anybody_asks_for_it(run):
    answer = run(writer(max_request_bytes=len(NEW_SET) - 1), content_length=LENGTH)

    assert_refused(answer, 413, "request_too_large")
    assert "connection" not in answer.headers


@pytest.mark.rfc("9110", "10.1.1")
def test_a_client_that_waits_with_its_body_is_told_that_the_connection_ends(run):
    answer = run(writer(max_request_bytes=1), content_length=LENGTH, expect="100-continue")

    assert_refused(answer, 413, "request_too_large")
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("networks", [("10.0.0.0/8",), ()])
def test_another_network_is_refused_before_anybody_asks_for_the_body(networks, run):
    answer = run(writer(allowed_networks=networks), content_length=LENGTH)

    assert_refused(answer, 403, "ip_not_allowed")


def test_a_refusal_at_placebo_is_in_the_dialects_words(run):
    answer = run(writer(allowed_networks=()), path="/api/v1/oauth2/placebo")

    assert b'"status": "error"' in answer.body


def test_an_account_backend_that_fails_is_answered_in_json_as_under_wsgi(run, monkeypatch):
    made = writer(max_request_bytes=len(NEW_SET))
    monkeypatch.setattr(MembershipBackend, "find", Mock(side_effect=RuntimeError("no directory")))

    answer = run(made, content_length=LENGTH)

    assert (answer.status, answer.error) == (500, "server_error")
    assert not ImageSet.objects.exists()


def test_a_database_that_does_not_answer_is_waited_for_once(run, monkeypatch):
    made, find = writer(), Mock(side_effect=OperationalError("the database did not answer"))
    monkeypatch.setattr(MembershipBackend, "find", find)

    answer = run(made, content_length=LENGTH)

    assert (answer.status, answer.headers["retry-after"], find.call_count) == (503, "1", 1)


@pytest.mark.parametrize("client", [None, ("", 0), (None, None)])
def test_a_peer_without_an_address_is_in_no_network_whatever_it_forwards(client, run):
    made = writer(allowed_networks=("127.0.0.1",))

    answer = run(made, client=client, content_length=LENGTH, x_forwarded_for="127.0.0.1")

    assert_refused(answer, 403, "ip_not_allowed")


PIECES = [NEW_SET[:9], NEW_SET[9:15], b"", NEW_SET[15:]]


@pytest.mark.parametrize("cap", [None, len(NEW_SET)])
def test_a_body_in_chunks_is_counted_and_taken(cap, run):
    answer = run(writer(max_request_bytes=cap), pieces=PIECES, transfer_encoding="chunked")

    assert answer.status == 201
    assert ImageSet.objects.get().name == "By the sea"


@pytest.mark.parametrize("declared", [{}, {"content_length": "5"}], ids=["chunks", "chunks beside a lie"])
def test_a_body_in_chunks_is_cut_at_the_first_byte_too_many(declared, run):
    made = writer(max_request_bytes=14)

    answer = run(made, pieces=[*PIECES, b"more"], transfer_encoding="chunked", **declared)

    assert_refused(answer, 413, "request_too_large", asked_for=2)


def test_a_body_without_a_length_is_counted_over_http_2_too(run):
    """It has neither length nor chunks there (RFC 9113 §8.1.1)."""
    assert run(writer(max_request_bytes=len(NEW_SET))).status == 201
    assert run(writer(max_request_bytes=len(NEW_SET) - 1)).status == 413


def test_chunks_beside_a_length_are_taken_for_what_they_are(run):
    answer = run(writer(), pieces=PIECES, transfer_encoding="chunked", content_length="5")

    assert answer.status == 201


@pytest.mark.parametrize("way", WAYS)
def test_an_upload_in_chunks_is_stored_whole_or_not_at_all(way, run, media_root):
    content_type, body = WAYS[way]
    pieces = [body[at : at + 500] for at in range(0, len(body), 500)]
    send = partial(
        run, path="/v1/uploads", pieces=pieces, transfer_encoding="chunked", content_type=content_type
    )

    assert send(writer(max_request_bytes=len(body) - 1)).status == 413
    assert (Image.objects.count(), stored_files(media_root)) == (0, [])
    assert send(writer(max_request_bytes=len(body))).status == 201
    assert (Image.objects.count(), len(stored_files(media_root))) == (1, 1)


@pytest.mark.parametrize("way", WAYS)
def test_an_upload_that_breaks_off_stores_nothing_and_leaves_no_connection_open(way, run, media_root):
    finished = []
    request_finished.connect(note := lambda **_: finished.append(1))
    content_type, body = WAYS[way]

    answer = run(
        writer(),
        path="/v1/uploads",
        pieces=[body[:1000]],
        hangs_up=True,
        content_length=str(len(body)),
        content_type=content_type,
    )

    request_finished.disconnect(note)
    assert answer.status is None
    assert finished == [1]
    assert (Image.objects.count(), stored_files(media_root)) == (0, [])


def test_a_peer_without_an_address_is_in_no_network(run):
    assert_refused(run(writer(allowed_networks=("128.0.0.0/1",)), client=None), 403, "ip_not_allowed")


def test_the_token_is_verified_once_and_used_once(run):
    made = make()
    run(made, path="/v1/images", method="GET", pieces=[b""])
    for batch in BATCHES:
        batch.flush()

    assert Usage.objects.get(grant=made.row).count == 1


def test_a_refusal_by_the_view_is_put_down_to_the_token(run):
    made = make()

    assert run(made).status == 403
    for batch in BATCHES:
        batch.flush()

    assert SecurityEvent.objects.get(kind="request_refused").grant_uuid == made.row.uuid


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")  # Django's, when an answer breaks off
def test_a_long_answer_breaks_off_once_the_token_has_ended(application, settings):
    settings.PHOTO_STREAM_RECHECK = 0
    made = make(scopes=["api.download"])
    images = [ImageFactory(account=made.account) for _ in range(3)]
    body = b'{"images": ["%s"]}' % b'", "'.join(str(image.uuid).encode() for image in images)
    exchange = Exchange(made.text, path="/v1/archives", pieces=[body], content_length=str(len(body)))

    async def run():
        async def send(message):
            if message["type"] == "http.response.start":
                await sync_to_async(Grant.objects.update)(revoked_at="2026-01-01T00:00Z")
            await exchange._send(message)

        await application(exchange.scope, exchange._receive, send)

    with pytest.raises(Exception, match="revoked"):
        async_to_sync(run)()

    assert exchange.status == 200
    assert exchange.messages[-1].get("more_body")
    gc.collect()
