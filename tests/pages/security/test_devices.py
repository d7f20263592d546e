"""The devices on the page of security settings: which there are, signing them out."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from oauthcore.models import Device, Grant
from tests.support.factories import UserFactory, device_session, sign_in_token
from tests.support.oauth import OAuthClient, is_live
from tests.support.pages.authenticator_app import whose
from tests.support.pages.reading import text_of
from tests.support.pages.security import SECURITY
from tests.support.reference_site.factories import MembershipFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("texts and forms; ending sessions runs everywhere in flows"),
]


@pytest.fixture
def browser(ada: Any) -> Client:
    browser = Client()
    browser.force_login(ada)
    return browser


def test_a_device_is_told_by_name_platform_and_where_it_was_seen(browser: Client, ada: Any) -> None:
    device_session(ada, label="<b>Phone</b>")
    Device.objects.update(platform="ios", app_version="3.1")

    said = text_of(browser.get(SECURITY))

    assert "&lt;b&gt;Phone&lt;/b&gt;" in said
    assert "ios · app 3.1 · Signed in since" in said
    assert "from 192.0.2.7" in said


def test_one_device_is_signed_out_and_no_other(browser: Client, ada: Any) -> None:
    account = MembershipFactory(user=ada).account
    phone, tablet = sign_in_token(ada, account.uuid), sign_in_token(ada, account.uuid)
    session = Grant.objects.order_by("pk")[0]

    answered = browser.post(SECURITY, {"device": str(session.uuid)})

    assert answered["Location"].startswith(f"{SECURITY}?note=")
    assert "You have signed out" in text_of(browser.get(answered["Location"]))
    assert not is_live(phone)
    assert is_live(tablet)


def test_signing_out_everywhere_leaves_browsers_and_applications_and_says_so(
    printer: OAuthClient, ada: Any
) -> None:
    account = MembershipFactory(user=ada).account
    token = sign_in_token(ada, account.uuid)
    device_session(ada)
    printed = printer.tokens()["access_token"]
    assert "You stay logged in in your browsers" in text_of(printer.browser.get(SECURITY))

    answered = printer.browser.post(SECURITY, {"all": "devices"})

    assert "No devices are signed in." in text_of(printer.browser.get(answered["Location"]))
    assert not is_live(token)
    assert is_live(printed)
    assert whose(printer.browser) == "ada"


def test_applications_are_not_ended_here(printer: OAuthClient) -> None:
    token = printer.tokens()["access_token"]

    for fields in ({"all": "applications"}, {"application": str(printer.registered.application.pk)}):
        assert printer.browser.post(SECURITY, fields).status_code == 404
    assert is_live(token)


def test_what_is_nobodys_or_somebody_elses_is_not_found(browser: Client) -> None:
    bens = device_session(UserFactory(username="ben"))

    for uuid in (str(bens.uuid), str(uuid4()), "not a uuid", ""):
        assert browser.post(SECURITY, {"device": uuid}).status_code == 404
    assert browser.post(SECURITY, {"device": str(bens.uuid), "all": "devices"}).status_code == 404
    bens.refresh_from_db()
    assert bens.revoked_at is None
