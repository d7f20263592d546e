"""Service tokens in the admin in a real browser: made, copied, used, rotated, revoked; and viewed only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.flows.keys.rotation import rotate
from oauthcore.flows.service_tokens import service_tokens as flow
from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.models import (
    Consent,
    LogoutDelivery,
    ScopeRequest,
    SecurityEvent,
    ServiceToken,
    TOTPFactor,
    Usage,
)
from reference_site.accounts.models import Account
from tests.support.browser.barriers import SCREENS, Look, barriers, in_every_look
from tests.support.factories import UserFactory, bearer, register
from tests.support.reference_site.factories import AccountFactory
from tests.support.signing import make_keys

pytestmark = pytest.mark.django_db(transaction=True)

# The search box is Django's, and has a picture for its label.
OURS = {"include": [["#content"]], "exclude": [["#toolbar"]]}


@pytest.fixture
def account() -> Account:
    return AccountFactory(name="Blue Door Studio")


def log_in(page: Page, site: LiveServer, user: Any) -> Page:
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    return page


@pytest.fixture
def staff(page: Page, site: LiveServer, account: Account, settings: Any) -> Page:
    """The browser of somebody who may do everything, and works in the account; uses are written at once."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "USAGE_INTERVAL": 0}
    ada = UserFactory(username="ada", is_staff=True, is_superuser=True)
    account.memberships.create(user=ada, role="owner")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return log_in(page, site, ada)


def address(site: LiveServer, rest: str = "") -> str:
    return f"{site.url}/admin/oauthcore/servicetoken/{rest}"


def status_of(site: LiveServer, token: str) -> int:
    answer = requests.get(
        f"{site.url}/v1/images",
        headers={"Authorization": f"Bearer {token}", "Connection": "close"},
        timeout=30,
    )
    return answer.status_code


def copied(page: Page) -> str:
    page.get_by_role("button", name="Copy the token").click()
    expect(page.get_by_role("button", name="Copied").first).to_be_visible()
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_a_token_is_made_copied_used_rotated_and_revoked(staff: Page, site: LiveServer) -> None:
    staff.goto(address(site))
    staff.get_by_role("link", name="Add service token").click()
    staff.get_by_role("textbox", name="Name:").fill("Nightly export")
    staff.get_by_label("Account:", exact=True).select_option("Blue Door Studio")
    staff.get_by_label("Read images, sets, keywords and facets").check()
    staff.get_by_label("Only these networks").check()
    staff.get_by_label("Networks:", exact=True).fill("banana")
    staff.get_by_role("button", name="Make the token").click()
    expect(staff.get_by_text("Line 1: This is neither an IPv4 nor an IPv6 address.")).to_be_visible()
    staff.get_by_label("Networks:", exact=True).fill("127.0.0.0/8")
    staff.get_by_role("button", name="Make the token").click()

    token = copied(staff)
    assert staff.locator("#oauthcore-curl").inner_text() == (
        f'curl -H "Authorization: Bearer {token}" {site.url}/v1/me'
    )
    assert status_of(site, token) == 200

    staff.reload()
    expect(staff.get_by_text("shown only once")).to_be_visible()
    assert token not in staff.content()
    assert ServiceToken.objects.count() == 1
    expect(staff.get_by_text("from 127.0.0.1")).to_be_visible()
    expect(staff.get_by_role("img", name="Requests per day, the last 30 days")).to_be_visible()

    staff.get_by_label("When does the previous one end?").select_option("In 1 hour")
    staff.get_by_role("button", name="Rotate").click()
    second = copied(staff)
    assert (status_of(site, token), status_of(site, second)) == (200, 200)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert (status_of(site, token), status_of(site, second)) == (401, 200)

    staff.goto(address(site))
    staff.get_by_label("Did somebody find a token?").fill(second)
    staff.get_by_role("button", name="Find its page").click()
    expect(staff.get_by_text(f"The token ending in {second[-4:]} is this one")).to_be_visible()
    assert second not in staff.url
    staff.get_by_role("link", name="Revoke this token").click()
    staff.get_by_label("Reason").fill("The test is over")
    staff.get_by_role("button", name="Yes, revoke").click()
    expect(staff.get_by_text("1 token was revoked.")).to_be_visible()
    assert status_of(site, second) == 401


def test_who_may_only_view_sees_how_a_token_stands_and_nothing_to_press(
    page: Page, site: LiveServer, account: Account
) -> None:
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_servicetoken"))
    limits = Limits("Nightly export", frozenset({"api.images.read"}))
    token, secret = flow.make(account.uuid, limits, staff=user)
    log_in(page, site, user)

    page.goto(address(site))
    expect(page.get_by_role("link", name="Add service token")).to_have_count(0)
    expect(page.get_by_label("Action:")).to_have_count(0)
    page.get_by_role("link", name="Nightly export").click()

    expect(page.get_by_text("Read images, sets, keywords and facets")).to_be_visible()
    expect(page.locator("#content").get_by_role("button")).to_have_count(0)
    expect(page.locator("#content").get_by_role("textbox")).to_have_count(0)
    assert secret.reveal() not in page.content()
    for act in ("rotate", "end"):
        answer = page.request.post(address(site, f"{token.pk}/{act}/"))
        assert answer.status == 403


@in_every_look
def test_the_pages_have_no_barrier_that_axe_knows_and_do_not_scroll_sideways(
    staff: Page, site: LiveServer, account: Account, look: Look
) -> None:
    limits = Limits("W" * 200, frozenset({"api.images.read"}), allowed_networks=("2001:db8::/32",) * 9)
    token, _secret = flow.make(account.uuid, limits, staff=None)
    now = timezone.now()
    Usage.objects.create(grant=token, day=now.date(), count=7, last_at=now, last_address="2001:db8::7")
    look.put_on(staff)

    shown = {
        "": staff.get_by_label("Did somebody find a token?"),
        "add/": staff.get_by_role("button", name="Make the token"),
        f"{token.pk}/change/": staff.get_by_role("button", name="Rotate"),
        f"{token.pk}/end/": staff.get_by_role("button", name="Yes, revoke"),
    }
    for rest, shows in shown.items():
        staff.goto(address(site, rest))
        assert barriers(staff, shows, within=OURS) == [], rest


LISTS = {
    "application": "Applications",
    "consent": "Consents",
    "grant": "Grants",
    "logoutdelivery": "Logout deliveries",
    "scoperequest": "Scope requests",
    "securityevent": "Security events",
    "servicetoken": "Service tokens",
    "signingkey": "Signing keys",
    "totpfactor": "Second factors",
}


@in_every_look
def test_the_lists_have_no_barrier_that_axe_knows_break_no_address_and_do_not_scroll_sideways(
    staff: Page, site: LiveServer, account: Account, look: Look
) -> None:
    somebody = UserFactory(username="ada.with.a.long.name@photographic-cooperative.example")
    application = register(name="The Photographic Cooperative of Scandinavia", owner=somebody).application
    bearer(user=somebody, application=application)
    Consent.objects.create(user=somebody, application=application, scopes=frozenset({"read"}))
    ScopeRequest.objects.create(application=application, scope="write", reason="We print. " * 30)
    TOTPFactor.objects.create(user=somebody, seed=b"-", confirmed_at=timezone.now())
    token, _secret = flow.make(account.uuid, Limits("Export", frozenset({"read"})), staff=somebody)
    now = timezone.now()
    Usage.objects.create(grant=token, day=now.date(), count=7, last_at=now, last_address="203.0.113.117")
    about = {"user_ref": str(somebody.pk), "person_ref": str(somebody.pk), "reason": "by staff: " + "x" * 60}
    SecurityEvent.objects.create(kind="revoked", address="203.0.113.117", **about)
    LogoutDelivery.of(application, subject=uuid4(), sid=None, now=now).save()
    make_keys()
    look.put_on(staff)

    for name, title in LISTS.items():
        staff.goto(f"{site.url}/admin/oauthcore/{name}/?q=")
        shows = staff.get_by_role("heading", level=1, name=title)
        assert barriers(staff, shows, within=OURS) == [], name
        for shown in staff.locator("#result_list").get_by_text("203.0.113.117").all():
            assert _lines_of(shown, "203.0.113.117") == 1, name


def test_a_wide_screen_shows_each_column_of_the_list_of_signing_keys(staff: Page, site: LiveServer) -> None:
    make_keys()
    rotate(now=timezone.now(), is_urgent=True)
    staff.set_viewport_size(SCREENS["desk"])
    staff.goto(f"{site.url}/admin/oauthcore/signingkey/")

    frame = staff.locator("#changelist .results")
    expect(frame).to_be_visible()
    assert frame.evaluate("one => one.scrollWidth - one.clientWidth") == 0


def _lines_of(shown: Locator, text: str) -> int:
    """Return in how many lines a text inside an element stands."""
    lines: int = shown.evaluate(
        """(element, text) => {
            const range = document.createRange(), node = element.firstChild;
            range.setStart(node, node.data.indexOf(text));
            range.setEnd(node, node.data.indexOf(text) + text.length);
            return new Set([...range.getClientRects()].map(one => Math.round(one.top))).size;
        }""",
        text,
    )
    return lines
