"""Under ASGI a token is verified before the body of its request, and again if that took its time."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.utils import timezone

from oauthcore.api.drf import authentication
from oauthcore.asgi import RequestLimits
from oauthcore.flows.tokens.ending import end_grant
from reference_site.photos.models import ImageSet
from tests.support.service_tokens.exchange import Exchange
from tests.support.service_tokens.making import make

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("media_root"),
    pytest.mark.sqlite_only("bytes are counted before any view runs"),
]

NEW_SET = b'{"name": "By the sea"}'


@pytest.mark.parametrize(
    ("seconds", "status"), [(-1.0, 401), (60.0, 201)], ids=["it took long", "it did not"]
)
def test_a_token_that_ends_while_a_body_takes_its_time_is_refused(monkeypatch, seconds, status):
    monkeypatch.setattr(authentication, "_SECONDS_WITH_BODY", seconds)
    made = make(scopes=["api.sets.write"])
    exchange = Exchange(made.text, pieces=[NEW_SET[:5], NEW_SET[5:]], content_length=str(len(NEW_SET)))
    receive = exchange._receive

    async def receive_late():
        if exchange.asked_for:
            await sync_to_async(end_grant)(made.row, "leaked", now=timezone.now())
        return await receive()

    exchange._receive = receive_late
    exchange.through(RequestLimits(get_asgi_application()))

    assert exchange.status == status
    assert ImageSet.objects.exists() is (status == 201)
