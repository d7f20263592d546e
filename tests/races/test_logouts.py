"""Runs of ``send_notices`` at the same instant, and sign-ins from one browser session."""

from __future__ import annotations

import time
from copy import deepcopy
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.flows.logout import deliveries
from oauthcore.flows.logout.deliveries import send_due
from oauthcore.models import LogoutDelivery, RelyingPartySession
from oauthcore.models.database import atomic, retried
from tests.support.factories import UserFactory
from tests.support.logging_out import SignedIn, register_openid, with_keys
from tests.support.oauth import OAuthClient

#: How often they race: each round is another order of their statements.
ROUNDS = 5


@pytest.fixture
def sent(monkeypatch, settings) -> list[str]:
    """The logout tokens that were sent, by a host that takes its time."""
    found: list[str] = []

    def send(url, fields, *, networks=()) -> int:
        found.append(fields["logout_token"].reveal())
        time.sleep(0.02)
        return 200

    monkeypatch.setattr(deliveries, "send_form", send)
    with_keys(settings)
    return found


def test_simultaneous_runs_send_each_delivery_once(crowd, sent):
    printers = [SignedIn(is_trusted=True) for _ in range(6)]
    for printer in printers:
        for _ in range(3):
            printer.browser.force_login(printer.user)
            printer.sign_in()
            printer.browser.logout()
    assert LogoutDelivery.objects.count() == 18

    counted = crowd.all_at_once(lambda: send_due(now=timezone.now())[True])

    assert (sum(counted), len(sent)) == (18, 18)
    assert set(LogoutDelivery.objects.values_list("tries", flat=True)) == {1}


def test_a_logout_also_ends_what_other_tabs_approve_at_the_same_moment(crowd, sent):
    for _ in range(ROUNDS):
        printer = SignedIn(is_trusted=True)
        RelyingPartySession.objects.all().delete()
        tabs = [tab_of(printer) for _ in range(crowd.size - 1)]

        crowd.at_once(
            [*[partial(tab.authorize, scope="openid read") for tab in tabs], printer.browser.logout]
        )

        assert not RelyingPartySession.objects.exists()


def tab_of(printer: SignedIn) -> OAuthClient:
    """Another tab of the same browser, with the same cookies."""
    browser = Client()
    browser.cookies = deepcopy(printer.browser.cookies)
    return OAuthClient(printer.registered, browser)


def test_simultaneous_sign_ins_from_one_browser_share_a_session(crowd, sent):
    user, application, subject = UserFactory(), register_openid().application, uuid4()

    @retried
    def begin() -> UUID:
        with atomic():
            session = RelyingPartySession.begin(
                browser=b"b" * 32, application=application, user=user, subject=subject, now=timezone.now()
            )
        return session.sid

    assert len(set(crowd.all_at_once(begin))) == 1
