"""``oauthcore_cleanup`` removes old sessions at applications, and old logout deliveries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from oauthcore.models import Grant, LogoutDelivery, RelyingPartySession, Token
from tests.support.cleaning import clean_up
from tests.support.logging_out import SignedIn, with_keys

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def printer(db: None, settings: Any, clock: Any) -> SignedIn:
    with_keys(settings)
    return SignedIn()


def test_a_session_goes_once_no_grant_of_it_is_left(printer, clock):
    printer.tokens(scope="openid read")
    clock.shift(5 * DAY)
    assert clean_up("--keep-days", "3")["sessions at applications"] == 0

    Token.objects.all().delete()
    assert clean_up("--keep-days", "3")["sessions at applications"] == 1


def test_a_session_that_has_just_begun_stays(printer):
    Grant.objects.all().delete()

    clean_up()
    assert RelyingPartySession.objects.count() == 1


def test_a_delivery_goes_a_week_after_it_was_settled(printer, clock):
    printer.browser.logout()
    clock.shift(8 * DAY)
    assert clean_up()["logout deliveries"] == 0

    LogoutDelivery.objects.update(due_at=None)
    assert clean_up()["logout deliveries"] == 1
