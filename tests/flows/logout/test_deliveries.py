"""Logout tokens are sent, tried again with longer and longer pauses, and given up after a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from oauthcore.flows.logout import deliveries
from oauthcore.models import LogoutDelivery, signing
from tests.support.logging_out import SignedIn, send_logouts
from tests.support.notices import send
from tests.support.signing import ISSUER, parts_of

pytestmark = pytest.mark.django_db

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def tokens(host: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return headers and claims of the logout tokens that were sent to the host."""
    bodies = [one.partition("\r\n\r\n")[2] for one in host.requests]
    return [parts_of(parse_qs(body)["logout_token"][0]) for body in bodies]


@pytest.mark.openid("backchannel_logout", "2.4")
@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_logout_token_names_the_session_and_is_not_an_id_token(sign_in, host, clock, algorithm):
    printer = sign_in(id_token_signed_response_alg=algorithm)
    session = printer.session
    printer.browser.logout()
    assert send_logouts() == (1, 0)

    [(header, claims)] = tokens(host)
    now = int(timezone.now().timestamp())
    assert (header["typ"], header["alg"]) == ("logout+jwt", algorithm)
    assert claims.pop("jti")
    assert claims == {
        "iss": ISSUER,
        "aud": printer.registered.client_id,
        "sub": str(session.subject),
        "sid": str(session.sid),
        "iat": now,
        "exp": now + 120,
        "events": {EVENT: {}},
    }
    signed = parse_qs(host.requests[0].partition("\r\n\r\n")[2])["logout_token"][0]
    assert signing.verified(signed, type_="logout+jwt")


@pytest.mark.openid("backchannel_logout", "2.5")
def test_it_is_posted_as_a_form(sign_in, host):
    sign_in().browser.logout()
    send_logouts()

    head = host.requests[0].lower()
    assert head.startswith("post /out http/1.1")
    assert "content-type: application/x-www-form-urlencoded" in head


def test_a_delivery_that_arrived_is_not_sent_again(sign_in, host):
    printer = sign_in()
    printer.browser.logout()

    assert (send_logouts(), send_logouts()) == ((1, 0), (0, 0))
    [delivery] = printer.deliveries
    assert (delivery.tries, delivery.outcome, delivery.due_at) == (1, "The answer has the status 200.", None)
    assert delivery.delivered_at is not None
    assert len(host.requests) == 1


@pytest.mark.openid("backchannel_logout", "2.8")
@pytest.mark.parametrize(
    ("status", "is_delivered"),
    [("204 No Content", True), ("201 Created", False), ("302 Found", False), ("400 Bad", False)],
)
def test_the_status_decides_whether_it_arrived(sign_in, host, status, is_delivered):
    host.put({}, f"Location: {host.url('/there')}", path="/out", status=status)
    printer = sign_in()
    printer.browser.logout()
    send_logouts()

    assert (printer.deliveries[0].delivered_at is not None) is is_delivered
    assert status[:3] in printer.deliveries[0].outcome
    assert len(host.requests) == 1


def test_a_failure_is_tried_again_with_longer_and_longer_pauses_and_given_up_after_a_day(sign_in, clock):
    printer = sign_in("/broken")
    printer.browser.logout()
    begun, pauses = timezone.now(), []
    for _ in range(40):
        send_logouts()
        [delivery] = printer.deliveries
        if delivery.due_at is None:
            break
        pauses.append(delivery.due_at - timezone.now())
        clock.move_to(delivery.due_at)

    minutes = [one / timedelta(minutes=1) for one in pauses]
    assert minutes[:9] == [1, 2, 4, 8, 16, 32, 64, 128, 240]
    assert set(minutes[8:]) == {240}
    assert delivery.given_up_at is not None
    assert timedelta(hours=20) < timezone.now() - begun <= timedelta(days=1)
    assert send_logouts() == (0, 0)


def test_an_application_that_is_down_does_not_delay_others(sign_in, host):
    broken = sign_in("/broken")
    fine = SignedIn(broken.user, browser=broken.browser, backchannel_logout_uri=host.url("/out"))
    broken.browser.logout()

    assert send_logouts() == (1, 1)
    assert fine.deliveries[0].delivered_at is not None


def test_after_one_failure_the_other_deliveries_of_the_application_wait(sign_in, host, clock):
    broken = sign_in("/broken")
    for _ in range(3):
        broken.browser.force_login(broken.user)
        broken.sign_in()
        broken.browser.logout()

    assert send_logouts() == (0, 1)
    assert send_logouts() == (0, 0)
    host.put({}, path="/broken")
    clock.shift(61)
    assert send_logouts() == (3, 0)


def test_a_run_sends_a_limited_number(sign_in):
    printer = sign_in()
    for _ in range(3):
        printer.browser.force_login(printer.user)
        printer.sign_in()
        printer.browser.logout()

    assert send_logouts(most=2) == (2, 0)
    assert send_logouts() == (1, 0)


def test_a_delivery_that_another_run_has_claimed_is_left_to_it(sign_in, host, monkeypatch):
    printer = sign_in()
    printer.browser.logout()
    claim = LogoutDelivery.claim

    def too_late(delivery: LogoutDelivery, *, now: Any) -> bool:
        again = LogoutDelivery.objects.get(pk=delivery.pk)
        assert claim(again, now=now)
        return claim(delivery, now=now)

    monkeypatch.setattr(LogoutDelivery, "claim", too_late)
    assert send_logouts() == (0, 0)
    assert host.requests == []


def test_a_claim_whose_process_died_ends(sign_in, clock):
    printer = sign_in()
    printer.browser.logout()
    [delivery] = printer.deliveries
    assert delivery.claim(now=timezone.now())
    assert send_logouts() == (0, 0)

    clock.shift(timedelta(minutes=5))
    assert send_logouts() == (1, 0)
    delivery.settle("late", was_delivered=False, now=timezone.now())
    assert printer.deliveries[0].delivered_at is not None


def test_the_command_sends_them_and_does_not_fail_for_an_application_that_is_down(sign_in):
    sign_in().browser.logout()
    sign_in("/broken").browser.logout()

    assert "logout tokens: 1" in send()
    assert deliveries.MOST == 500
