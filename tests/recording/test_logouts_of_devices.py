"""Sign-ins without a session, such as those of devices: their applications are told once of the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from oauthcore.models import Grant, LogoutDelivery
from tests.support.factories import open_grant
from tests.support.logging_out import SignedIn, switch_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def printer(db: None, settings: Any) -> SignedIn:
    switch_on(settings)
    return SignedIn()


def device_of(printer: SignedIn, **values: Any) -> Grant:
    """Open a sign-in of the person on a device, which has no session at this site."""
    claims = {"userinfo": [], "id_token": []}
    application = printer.registered.application
    return open_grant(user=printer.user, application=application, scopes=["openid"], claims=claims, **values)


def test_saving_an_inactive_person_again_tells_nothing_new(printer):
    device_of(printer)
    printer.user.is_active = False
    for _ in range(3):
        printer.user.save()

    assert [one.sid is None for one in printer.deliveries] == [False, True]


def test_a_second_new_password_tells_only_of_later_sign_ins(printer):
    device_of(printer)
    for begins in (False, True, False):
        if begins:
            device_of(printer)
        printer.user.set_password("another long walk")
        printer.user.save()

    assert [one.sid is None for one in printer.deliveries] == [False, True, True]


def test_a_logout_that_never_arrived_is_told_again(printer):
    device_of(printer)
    printer.user.is_active = False
    printer.user.save()
    LogoutDelivery.objects.update(due_at=None, given_up_at=timezone.now())
    printer.user.save()

    assert [one.sid is None for one in printer.deliveries] == [False, True, True]


def test_a_sign_in_that_has_expired_is_not_told_of(printer):
    ago = timezone.now() - timedelta(days=2)
    device_of(printer, created_at=ago, expires_at=ago + timedelta(days=1))
    printer.user.set_password("another long walk")
    printer.user.save()

    assert [one.sid is None for one in printer.deliveries] == [False]
