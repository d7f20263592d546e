"""Logout tokens that are not sent: to applications that are off, and to addresses that are not public."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.models import Application, LogoutDelivery, SigningKey, signing
from tests.support.logging_out import send_logouts

pytestmark = pytest.mark.django_db

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"is_suspended": True}, "switched off"),
        ({"is_enabled": False}, "switched off"),
        ({"deleted_at": timezone.now()}, "switched off"),
        ({"backchannel_logout_uri": ""}, "no backchannel_logout_uri"),
    ],
)
def test_an_application_that_was_switched_off_meanwhile_is_not_told(sign_in, host, change, why):
    printer = sign_in()
    printer.browser.logout()
    Application.objects.filter(pk=printer.registered.application.pk).update(**change)

    assert send_logouts() == (0, 0)
    [delivery] = printer.deliveries
    assert why in delivery.outcome
    assert delivery.given_up_at is not None
    assert host.requests == []


def test_an_application_that_requires_a_sid_is_not_told_without_a_sid(sign_in, host):
    printer = sign_in(backchannel_logout_session_required=True)
    now = timezone.now()
    delivery = LogoutDelivery.of(
        printer.registered.application, subject=printer.session.subject, sid=None, now=now
    )
    delivery.save()

    assert send_logouts() == (0, 0)
    assert "requires a sid" in printer.deliveries[0].outcome


def test_a_delivery_that_was_not_sent_for_a_day_is_dropped(sign_in, host, clock):
    printer = sign_in()
    printer.browser.logout()
    clock.shift(timedelta(days=1))

    assert send_logouts() == (0, 0)
    assert "for a day" in printer.deliveries[0].outcome


def test_nothing_is_sent_while_openid_connect_is_off(sign_in, settings, host):
    sign_in().browser.logout()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}

    assert send_logouts() == (0, 0)
    assert host.requests == []


def test_a_delivery_without_a_signing_key_is_tried_again(sign_in):
    printer = sign_in()
    printer.browser.logout()
    SigningKey.objects.all().delete()
    signing.forget()

    assert send_logouts() == (0, 1)
    assert printer.deliveries[0].outcome == "This site has no key to sign with."


@pytest.mark.parametrize(
    "uri", ["http://client.example/out", "https://client.example", "ftp://x/", "https://10.0.0.7/out"]
)
def test_a_forbidden_address_is_not_reached(sign_in, host, uri):
    printer = sign_in()
    printer.browser.logout()
    Application.objects.filter(pk=printer.registered.application.pk).update(backchannel_logout_uri=uri)

    assert send_logouts() == (0, 1)
    assert host.requests == []


def test_loopback_needs_the_setting_for_development(sign_in, host, settings):
    printer = sign_in()
    printer.browser.logout()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METADATA_DOCUMENT_LOOPBACK": False}

    assert send_logouts() == (0, 1)
    assert "no public address" in printer.deliveries[0].outcome


def test_the_hosts_of_documents_do_not_limit_logouts_but_refused_hosts_do(sign_in, settings, clock):
    printer = sign_in()
    printer.browser.logout()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METADATA_DOCUMENT_REFUSED_HOSTS": ["*.example"]}
    assert send_logouts() == (0, 1)
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "METADATA_DOCUMENT_REFUSED_HOSTS": [],
        "METADATA_DOCUMENT_HOSTS": ["other.example"],
    }
    clock.shift(61)
    assert send_logouts() == (1, 0)
