"""The admin pages of registrations, trusted issuers and keys in a real browser, checked with axe."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import InitialAccessToken, IssuerSubject, TrustedIssuer
from tests.support.browser.barriers import SCREENS, Look, barriers, in_every_look
from tests.support.factories import UserFactory, register
from tests.support.jose import a_key, key_set, public, with_keys
from tests.support.registration import initial_access_token

pytestmark = pytest.mark.django_db(transaction=True)

# The search box is Django's, and has a picture for its label.
OURS = {"include": [["#content"]], "exclude": [["#toolbar"]]}


@pytest.fixture
def staff(page: Page, site: LiveServer) -> Page:
    """The browser of somebody who may do everything."""
    client = Client()
    client.force_login(UserFactory(username="ada", is_staff=True, is_superuser=True))
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    return page


@in_every_look
def test_the_pages_have_no_barrier_that_axe_knows_and_do_not_scroll_sideways(
    staff: Page, site: LiveServer, look: Look
) -> None:
    initial_access_token(label="W" * 100)
    token = InitialAccessToken.objects.get()
    InitialAccessToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() + timedelta(days=3))
    issuer = TrustedIssuer.objects.create(
        issuer=f"https://{'id' * 90}.example", name="N" * 100, jwks=key_set(a_key())
    )
    someone = UserFactory(username="ada.with.a.long.name@photographic-cooperative.example")
    subject = IssuerSubject.objects.create(issuer=issuer, subject="s" * 255, user=someone)
    keys = [public(a_key(), kid="k" * 255), public(a_key("EdDSA"))]
    application = with_keys(*keys, jwks_uri=f"https://{'id' * 90}.example/keys").application
    application.add_secret()
    look.put_on(staff)

    for path in (
        *("initialaccesstoken/?q=", "initialaccesstoken/add/", f"initialaccesstoken/{token.pk}/change/"),
        *("trustedissuer/?q=", "trustedissuer/add/", f"trustedissuer/{issuer.pk}/change/"),
        *("issuersubject/?q=", "issuersubject/add/", f"issuersubject/{subject.pk}/change/"),
        *(f"application/{application.pk}/change/", f"application/{application.pk}/keys/"),
    ):
        staff.goto(f"{site.url}/admin/oauthcore/{path}")
        shows = staff.get_by_role("heading", level=1).first
        assert barriers(staff, shows, within=OURS) == [], path


def test_a_wide_screen_shows_the_sentence_beside_a_box_in_one_line(staff: Page, site: LiveServer) -> None:
    application = register().application
    staff.set_viewport_size(SCREENS["desk"])
    staff.goto(f"{site.url}/admin/oauthcore/application/{application.pk}/keys/")

    sentence = staff.get_by_text("Its secrets end now.")
    expect(sentence).to_be_visible()
    lines = """one => {
        const range = document.createRange();
        range.selectNodeContents(one);
        return new Set([...range.getClientRects()].map(line => Math.round(line.top))).size;
    }"""
    assert sentence.evaluate(lines) == 1
