"""Logout deliveries in the admin: staff find them by application, and cannot change them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.models import LogoutDelivery
from tests.support.admin.staff import Staff
from tests.support.factories import register

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("it is about what a page shows, and the same rows give the same page"),
]

LIST = "/admin/oauthcore/logoutdelivery/"


@pytest.fixture
def viewer(staff: Staff) -> Client:
    return staff("view_logoutdelivery")


def deliver(name: str, **values: Any) -> LogoutDelivery:
    application = register(name=name).application
    delivery = LogoutDelivery.of(application, subject=uuid4(), sid=uuid4(), now=timezone.now())
    for field, value in values.items():
        setattr(delivery, field, value)
    delivery.save()
    return delivery


def test_staff_see_the_state_of_each_delivery(viewer):
    now = timezone.now()
    deliver("Printer")
    deliver("Desk", delivered_at=now, due_at=None)
    deliver("Camera", given_up_at=now, due_at=None)
    deliver("Frame", tries=1, outcome="The answer has the status 500.")

    shown = viewer.get(LIST).content.decode()
    for words in ("Not sent yet", "Delivered", "Given up", "Not arrived yet", "status 500"):
        assert words in shown


def test_a_delivery_has_a_page_on_which_nothing_can_be_changed(viewer):
    delivery = deliver("Printer")
    page = viewer.get(f"{LIST}{delivery.pk}/change/")

    assert page.status_code == 200
    assert "Logout: Printer" in page.content.decode()
    assert str(delivery.sid) in page.content.decode()
    assert 'name="_save"' not in page.content.decode()


def test_a_search_finds_an_application(viewer):
    deliver("Printer")
    other = deliver("Desk")

    found = viewer.get(LIST, {"q": "des"}).context["cl"].result_list
    assert [one.pk for one in found] == [other.pk]
