"""The second factor in a real browser: scanned from the screen, used at every login, removed; devices too."""

from __future__ import annotations

import io
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import zxingcpp
from django.contrib.auth import get_user_model
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import Grant, TOTPFactor
from oauthcore.rules.sign_in import totp
from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.factories import PASSWORD, UserFactory, device_session, register
from tests.support.oauth import CHALLENGE, OAuthClient, is_live
from tests.support.pages.authenticator_app import AuthenticatorApp, switch_on

pytestmark = pytest.mark.django_db(transaction=True)

SECURITY = "/oauth/security/"


@pytest.fixture
def ada(site: LiveServer) -> object:
    return UserFactory(username="ada")


@pytest.fixture
def app(ada: object) -> AuthenticatorApp:
    """The app on ada's phone: her second factor is on."""
    return switch_on(ada)


@pytest.fixture
def page_without_script(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    yield context.new_page()
    context.close()


def log_in(page: Page) -> None:
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def confirm(page: Page, code: str) -> None:
    page.get_by_label("Code from your authenticator app").fill(code)
    page.get_by_role("button", name="Confirm").click()


def begin(page: Page, site: LiveServer) -> None:
    """Log in, and go as far as the key."""
    page.goto(f"{site.url}{SECURITY}")
    log_in(page)
    page.locator("summary", has_text="Switch it on").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Or type the key")).to_be_visible()


def scanned(page: Page) -> str:
    """Return what a phone reads that is held before the screen: one QR code."""
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    (code,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return str(code.text)


@in_every_look
def test_a_phone_scans_the_key_from_the_screen_and_its_codes_log_in(
    page: Page, site: LiveServer, ada: object, look: Look
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    look.put_on(page)
    begin(page, site)
    assert barriers(page, page.get_by_role("img", name="QR code")) == []

    uri = urlsplit(scanned(page))
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/Lumen:ada")
    app = AuthenticatorApp(totp.key_from_text(parse_qs(uri.query)["secret"][0]))
    page.get_by_label("Enter the six digits").fill(app.wrong_code())
    page.keyboard.press("Enter")
    expect(page.get_by_label("Enter the six digits")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong or was already used.")
    assert scanned(page) == uri.geturl()
    page.get_by_label("Enter the six digits").fill(app.code(steps=-1))
    page.keyboard.press("Enter")
    codes = page.get_by_label("Recovery codes", exact=True)
    assert barriers(page, codes.last) == []
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("checkbox", name="I have saved these codes")).to_be_focused()  # it is asked first
    page.keyboard.press("Space")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Recovery codes left")).to_be_visible()

    page.get_by_role("button", name="Log out").click()
    page.goto(f"{site.url}{SECURITY}")
    log_in(page)
    assert barriers(page, page.get_by_role("heading", name="Confirm that it is you")) == []
    confirm(page, app.code())
    page.locator("summary", has_text="Switch it off").click()
    assert barriers(page, page.get_by_role("button", name="Switch off two-step verification")) == []
    assert [text for text in said if "Content Security Policy" in text] == []


def test_recovery_codes_are_copied_once_and_gone_after_a_reload(
    page: Page, site: LiveServer, ada: object
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    begin(page, site)
    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    key: str = page.evaluate("navigator.clipboard.readText()")
    page.get_by_label("Enter the six digits").fill(AuthenticatorApp(totp.key_from_text(key)).code())
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copy the codes").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    codes = page.evaluate("navigator.clipboard.readText()").split()
    assert len(codes) == 10
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download").click()
    assert kept.value.suggested_filename == "recovery-codes.txt"
    assert kept.value.path().read_text().split() == codes

    page.reload()

    expect(page.get_by_text("were shown only once")).to_be_visible()
    assert codes[0] not in page.content()
    page.go_back()
    assert codes[0] not in page.content()


def test_a_recovery_code_leads_on_to_the_application_once_and_without_script(
    page_without_script: Page, site: LiveServer, app: AuthenticatorApp
) -> None:
    page, back = page_without_script, f"{site.url}/back"
    printer = OAuthClient(register(redirect_uris=[back]))
    query = urlencode(
        {
            "response_type": "code",
            "client_id": printer.registered.client_id,
            "scope": "read",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
    )
    page.goto(f"{site.url}/oauth/authorize?{query}")
    log_in(page)
    expect(page.get_by_text("Logging in as ada, to continue to Photo Printer")).to_be_visible()
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(app.recovery_codes[0])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{back}?**")
    (code,) = parse_qs(urlsplit(page.url).query)["code"]
    assert is_live(printer.redeem(code, redirect_uri=back).json()["access_token"])

    page.context.clear_cookies()
    page.goto(f"{site.url}{SECURITY}")
    log_in(page)
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(app.recovery_codes[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("This recovery code is wrong or was already used.")
    page.get_by_role("link", name="Start again").click()
    expect(page.get_by_label("Username")).to_be_visible()
    log_in(page)
    confirm(page, app.code())
    expect(page.get_by_role("heading", name="Security")).to_be_visible()


def test_a_keyboard_is_enough(page: Page, site: LiveServer, app: AuthenticatorApp) -> None:
    page.goto(f"{site.url}{SECURITY}")
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code from your authenticator app")).to_be_focused()
    page.keyboard.type(app.code(steps=-1))
    page.keyboard.press("Enter")

    page.locator("summary", has_text="Switch it off").press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#switch_off-password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type(app.code())
    page.keyboard.press("Tab")
    expect(page.get_by_label("Keep me logged in in other browsers").last).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")

    expect(page.get_by_role("status")).to_contain_text("Two-step verification is off.")
    assert not TOTPFactor.objects.exists()


def test_the_admin_is_behind_the_second_step_as_well(
    page: Page, site: LiveServer, app: AuthenticatorApp
) -> None:
    get_user_model().objects.update(is_staff=True, is_superuser=True)
    page.goto(f"{site.url}/admin/oauthcore/servicetoken/")
    log_in(page)
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.goto(f"{site.url}/admin/")
    expect(page.get_by_label("Password")).to_be_visible()
    log_in(page)

    confirm(page, app.code())

    expect(page.get_by_role("heading", name="Site administration")).to_be_visible()


def test_a_device_is_signed_out_on_the_page(page: Page, site: LiveServer, ada: object) -> None:
    for label in ("Phone", "Tablet"):
        device_session(ada, label=label)
    page.goto(f"{site.url}{SECURITY}")
    log_in(page)

    device = page.get_by_role("listitem").filter(has_text="Tablet")
    device.locator("summary").click()
    device.get_by_role("button", name="Sign out this device").click()

    expect(page.get_by_role("status")).to_contain_text("You have signed out")
    assert [one.label for one in Grant.objects.filter(revoked_at=None)] == ["Phone"]
