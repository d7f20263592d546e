"""The Applications pages in a real browser: typed into, reloaded, read by axe."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.flows.applications.client_keys import set_keys
from oauthcore.models import Application
from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.browser.developing import log_in
from tests.support.factories import UserFactory
from tests.support.jose import a_key, key_set, new_key, public
from tests.support.pages.developer import LIST, NEW, Developer

PARTS = ["", "edit", "secrets", "delete"]
GOOD = "https://client.example/cb"


@pytest.fixture
def grace(site: LiveServer) -> Developer:
    return Developer(UserFactory(username="grace"))


@pytest.fixture
def desk(page: Page, site: LiveServer, grace: Developer) -> Page:
    """The browser of a developer who is logged in."""
    log_in(page, grace, site)
    return page


@pytest.fixture
def desk_without_script(browser: Browser, site: LiveServer, grace: Developer) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    log_in(page, grace, site)
    yield page
    context.close()


def works(application: Application, secret: str) -> bool:
    sent = {"grant_type": "client_credentials", "client_id": application.client_id, "client_secret": secret}
    return Client().post("/oauth/token", sent).status_code == 200


def fill_in(page: Page, site: LiveServer) -> None:
    page.goto(f"{site.url}{NEW}")
    page.get_by_label("Name", exact=True).fill("Photo Printer")
    page.get_by_label("It works without a person").check()
    page.get_by_label("Redirect URIs").fill(GOOD)


def test_mistakes_in_redirect_uris_are_said_while_they_are_typed(desk: Page, site: LiveServer) -> None:
    desk.goto(f"{site.url}{NEW}")
    area = desk.get_by_label("Redirect URIs")

    area.fill(f"{GOOD}\nhttp://client.example/cb")
    expect(desk.get_by_text("Line 2: http is accepted for")).to_be_visible()
    expect(area).to_have_attribute("aria-invalid", "true")
    expect(area).to_have_accessible_description(
        re.compile("addresses to which people return.*Line 2: http is")
    )

    area.fill(f"{GOOD}\nhttp://127.0.0.1/cb")
    expect(desk.get_by_text("These addresses can be registered.")).to_be_visible()
    expect(area).not_to_have_attribute("aria-invalid", "true")


def test_an_application_is_registered_and_its_secret_is_gone_after_a_reload(
    desk: Page, site: LiveServer, grace: Developer
) -> None:
    fill_in(desk, site)
    desk.get_by_role("button", name="Register").click()
    secret = desk.get_by_label("Client secret").inner_text()
    application = Application.objects.get(owner=grace.user)
    assert works(application, secret)

    desk.reload()

    expect(desk.get_by_text("This form was already sent")).to_be_visible()
    assert secret not in desk.content()
    desk.go_back()
    assert secret not in desk.content()
    assert Application.objects.filter(owner=grace.user).count() == 1


def test_a_secret_is_copied_by_its_button(desk: Page, site: LiveServer, grace: Developer) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    fill_in(desk, site)
    desk.get_by_role("button", name="Register").click()

    desk.get_by_role("button", name="Copy the secret").click()

    expect(desk.get_by_role("button", name="Copied")).to_be_visible()
    copied = desk.evaluate("navigator.clipboard.readText()")
    assert works(Application.objects.get(owner=grace.user), copied)


def test_what_is_wrong_leads_to_its_field_and_nothing_typed_is_lost(desk: Page, site: LiveServer) -> None:
    fill_in(desk, site)
    desk.get_by_label("Website").fill("nowhere")
    desk.get_by_role("button", name="Register").click()

    desk.get_by_role("alert").get_by_role("link").click()

    expect(desk.get_by_label("Website")).to_be_focused()
    expect(desk.get_by_label("Website")).to_have_value("nowhere")
    expect(desk.get_by_label("Redirect URIs")).to_have_value(GOOD)
    expect(desk.get_by_label("It works without a person")).to_be_checked()


def test_an_application_is_registered_without_script(
    desk_without_script: Page, site: LiveServer, grace: Developer
) -> None:
    page = desk_without_script
    fill_in(page, site)
    page.get_by_label("Redirect URIs").fill("http://client.example/cb")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("alert")).to_contain_text("Line 1: http is accepted for")

    page.get_by_label("Redirect URIs").fill(GOOD)
    page.get_by_role("button", name="Register").click()

    assert works(Application.objects.get(owner=grace.user), page.get_by_label("Client secret").inner_text())


def test_marks_of_a_scope_are_offered_once_it_is_chosen(
    desk: Page, site: LiveServer, grace: Developer
) -> None:
    fill_in(desk, site)
    desk.get_by_text("Photo files").click()
    marks = desk.get_by_role("group", name="api.upload")
    expect(marks).to_be_hidden()

    desk.get_by_label("Upload images").check()
    marks.get_by_label("required").check()
    desk.get_by_role("button", name="Register").click()
    desk.get_by_label("Client secret").wait_for()

    assert Application.objects.get(owner=grace.user).required_scopes == {"api.upload"}


def test_a_logo_is_uploaded_and_shown(desk: Page, site: LiveServer, grace: Developer) -> None:
    file = io.BytesIO()
    Image.new("RGB", (300, 300), "teal").save(file, "PNG")
    application = grace.has()
    desk.goto(f"{site.url}{LIST}{application.pk}/edit")
    desk.get_by_label("Logo (optional)").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": file.getvalue()}
    )
    desk.get_by_role("button", name="Save").click()

    expect(desk.get_by_text("Your changes are saved.")).to_be_visible()
    expect(desk.locator("img.logo").first).to_have_js_property("naturalWidth", 256)


def test_a_secret_is_rotated_and_the_old_one_works_as_long_as_was_chosen(
    desk: Page, site: LiveServer, grace: Developer
) -> None:
    application = grace.has()
    desk.goto(f"{site.url}{LIST}{application.pk}/")
    desk.get_by_role("link", name="Secrets").click()
    desk.get_by_label("in 7 days").check()
    desk.get_by_role("button", name="Make a new secret").click()
    secret = desk.get_by_label("Client secret").inner_text()

    desk.reload()

    expect(desk.get_by_text("This form was already sent")).to_be_visible()
    expect(desk.get_by_role("row")).to_have_count(3)
    assert works(application, secret)
    assert secret not in desk.content()


def test_an_application_is_deleted_once_its_name_is_typed(
    desk: Page, site: LiveServer, grace: Developer
) -> None:
    application = grace.has(name="Photo Printer")
    desk.goto(f"{site.url}{LIST}{application.pk}/edit")
    desk.get_by_role("link", name="Delete…").click()
    desk.get_by_label("Type its name to confirm").fill("Photo")
    desk.get_by_role("button", name="Delete permanently").click()
    expect(desk.get_by_role("alert")).to_contain_text("Nothing was deleted")

    desk.get_by_label("Type its name to confirm").fill("Photo Printer")
    desk.get_by_role("button", name="Delete permanently").click()

    expect(desk.get_by_text("“Photo Printer” is deleted")).to_be_visible()
    expect(desk.get_by_text("You have no applications yet")).to_be_visible()


def test_the_box_that_a_public_application_cannot_tick_says_so_once_public_is_chosen(
    desk: Page, site: LiveServer
) -> None:
    desk.goto(f"{site.url}{NEW}")
    said = desk.get_by_text("Not for a public application, because it has no secret.")
    expect(said).to_be_hidden()

    desk.get_by_label("On people’s devices, or in their browser").check()

    expect(said).to_be_visible()


@in_every_look
def test_no_page_has_a_barrier_that_axe_knows_or_scrolls_sideways(
    desk: Page, site: LiveServer, grace: Developer, look: Look
) -> None:
    look.put_on(desk)
    said: list[str] = []
    desk.on("console", lambda message: said.append(message.text))

    desk.goto(f"{site.url}{LIST}")
    assert barriers(desk, desk.get_by_text("You have no applications yet")) == []
    trying = grace.has(
        name="<b>Photo</b> \u05d0 " + "W" * 80,
        is_verified=True,
        redirect_uris=["https://client.example/" + "x" * 300],
        website="https://client.example/" + "y" * 200,
    )
    grace.has(profile="oauth2.0", client_type="public", grant_types=["authorization_code"], is_enabled=False)
    grace.has(is_suspended=True)
    own, with_keys = f"{LIST}{trying.pk}/", grace.has()
    set_keys(with_keys, key_set(public(a_key(), kid="k" * 255), new_key("EdDSA")), user=grace.user)
    signing = f"{LIST}{with_keys.pk}/"
    shown = {
        LIST: desk.get_by_role("heading", name="Your applications"),
        NEW: desk.get_by_role("button", name="Register"),
        own: desk.get_by_role("link", name="Overview"),
        f"{own}edit": desk.get_by_role("button", name="Save"),
        f"{own}secrets": desk.get_by_role("button", name="Make a new secret"),
        f"{own}keys": desk.get_by_role("button", name="Save the keys"),
        f"{signing}keys": desk.get_by_role("button", name="Remove the keys"),
        f"{own}delete": desk.get_by_role("button", name="Delete permanently"),
    }
    for path, shows in shown.items():
        desk.goto(f"{site.url}{path}")
        desk.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert barriers(desk, shows) == [], path
    desk.goto(f"{site.url}{NEW}")
    desk.get_by_role("button", name="Register").click()
    assert barriers(desk, desk.get_by_role("alert")) == [], "mistakes"
    desk.goto(f"{site.url}{own}secrets")
    desk.get_by_role("button", name="Make a new secret").click()
    assert barriers(desk, desk.get_by_label("Client secret")) == [], "a secret"
    desk.goto(f"{site.url}{own}secrets")
    assert barriers(desk, desk.get_by_role("row").nth(2)) == [], "two secrets"
    assert [text for text in said if "Content Security Policy" in text] == []
