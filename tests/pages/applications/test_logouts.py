"""The page on which a developer sees which logout tokens an application was sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from oauthcore.models import LogoutDelivery
from tests.support.logging_out import TOLD_AT, switch_on
from tests.support.pages.developer import Developer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("it is about what a page shows, and the same rows give the same page"),
]


@pytest.fixture
def mine(grace: Developer, settings: Any) -> Any:
    switch_on(settings)
    return grace.has(scopes=["read", "openid"], backchannel_logout_uri=TOLD_AT)


def deliver(application: Any, **values: Any) -> LogoutDelivery:
    delivery = LogoutDelivery.of(application, subject=uuid4(), sid=uuid4(), now=timezone.now())
    for name, value in values.items():
        setattr(delivery, name, value)
    delivery.save()
    return delivery


def test_each_delivery_shows_its_state_and_the_answer(grace, mine):
    now = timezone.now()
    settled = {"due_at": None, "tries": 3, "tried_at": now}
    first = deliver(mine)
    deliver(mine, **settled, delivered_at=now, outcome="The answer has the status 200.")
    deliver(mine, **settled, given_up_at=now, outcome="The application was switched off meanwhile.")
    deliver(mine, tries=1, tried_at=now, due_at=now + timedelta(minutes=1), outcome="status 500")
    deliver(mine, sid=None)

    shown = grace.see(mine, "logouts").content.decode()
    for words in ("Not sent yet", "Delivered", "Given up", "Not arrived yet", "All sessions of the person"):
        assert words in shown
    for words in (TOLD_AT, str(first.sid), "The answer has the status 200.", "3 tries"):
        assert words in shown


def test_an_application_that_was_never_told_says_so(grace, mine):
    assert "No logout token was sent" in grace.see(mine, "logouts").content.decode()
    type(mine).objects.filter(pk=mine.pk).update(backchannel_logout_uri="")
    assert "has no address for logout tokens" in grace.see(mine, "logouts").content.decode()


def test_only_an_application_that_signs_people_in_has_the_page(grace, mine, settings):
    assert "logouts" in grace.see(mine, "").content.decode()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}

    assert grace.see(mine, "logouts").status_code == 404
    assert "/logouts" not in grace.see(mine, "").content.decode()
