"""The browser goes only to an address that is registered, byte for byte, for a known application."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import Application
from tests.support.logging_out import AFTERWARDS, PAGE, SignedIn

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the rows of logging out are tested in tests/recording"),
]

OTHERS = "https://other.example/loggedout"


@pytest.mark.openid("rp_logout", "3")
@pytest.mark.parametrize(
    "uri",
    [
        f"{AFTERWARDS}/",
        f"{AFTERWARDS}/more",
        f"{AFTERWARDS}?added=1",
        f"{AFTERWARDS}?",
        f"{AFTERWARDS}#fragment",
        f"{AFTERWARDS}%2e",
        AFTERWARDS[:-1],
        AFTERWARDS.replace("https", "http"),
        AFTERWARDS.replace("client", "CLIENT"),
        AFTERWARDS.replace(".example", ".example:443"),
        AFTERWARDS.replace("https://", "https://user@"),
        f" {AFTERWARDS}",
        f"{AFTERWARDS}\n",
        "https://client.example/cb",
        OTHERS,
        "//client.example/loggedout",
        "/loggedout",
        "javascript:alert(1)",
    ],
)
def test_another_address_is_refused(printer, uri):
    SignedIn(post_logout_redirect_uris=[OTHERS])

    for browser in (printer.browser, Client()):
        refused = browser.get(
            PAGE, {"client_id": printer.registered.client_id, "post_logout_redirect_uri": uri}
        )
        assert refused.status_code == 400
        assert "Location" not in refused
        assert uri.strip() not in refused.content.decode()


@pytest.mark.openid("rp_logout", "2")
@pytest.mark.parametrize("client_id", [None, "unknown"])
def test_an_address_needs_a_known_application(printer, client_id):
    assert printer.ask(client_id=client_id).status_code == 400
    assert printer.is_logged_in


def test_the_database_number_of_an_application_shows_neither_its_name_nor_its_website(printer):
    Application.objects.update(is_verified=True, website="https://client.example/about")
    number = str(printer.registered.application.pk)

    for browser in (printer.browser, Client()):
        for more in ({}, {"post_logout_redirect_uri": AFTERWARDS}, {"post_logout_redirect_uri": OTHERS}):
            refused = browser.get(PAGE, {"client_id": number, **more})
            assert refused.status_code == 400
            assert "client.example" not in refused.content.decode()
            assert "Photo Printer" not in refused.content.decode()


@pytest.mark.parametrize("switch", [{"is_enabled": False}, {"is_suspended": True}])
def test_an_application_that_is_off_sends_nobody_anywhere(printer, switch):
    page = printer.ask()
    Application.objects.filter(pk=printer.registered.application.pk).update(**switch)

    assert printer.ask().status_code == 400
    assert printer.confirm(page).status_code == 400
    assert printer.is_logged_in


def test_an_address_that_is_removed_while_the_page_is_open_is_not_used(printer):
    page = printer.ask()
    Application.objects.filter(pk=printer.registered.application.pk).update(post_logout_redirect_uris=())

    assert printer.confirm(page).status_code == 400
    assert printer.is_logged_in


def test_a_registered_address_that_breaks_a_newer_rule_is_not_used(printer):
    rows = Application.objects.filter(pk=printer.registered.application.pk)
    rows.update(post_logout_redirect_uris=("javascript:alert(1)",))

    assert printer.ask(post_logout_redirect_uri="javascript:alert(1)").status_code == 400


def test_a_refusal_says_that_the_person_is_still_logged_in_and_lets_them_log_out(printer):
    refused = printer.ask(client_id="unknown").content.decode()

    assert "You are still logged in." in refused
    assert f'href="{PAGE}"' in refused
    stranger = Client().get(PAGE, {"client_id": "unknown"}).content.decode()
    assert "You are not logged in here." in stranger
    assert f'href="{PAGE}"' not in stranger


def test_a_repeated_parameter_is_refused(printer):
    assert printer.browser.get(f"{PAGE}?state=a&state=b").status_code == 400


def test_a_state_is_never_shortened(printer):
    assert printer.ask(state="x" * 2048).status_code == 200
    assert printer.ask(state="x" * 2049).status_code == 400


@pytest.mark.parametrize("asked", ["", "nonsense", "x:y:z"])
def test_a_form_that_this_site_did_not_make_is_refused(printer, asked):
    assert printer.browser.post(PAGE, {"asked": asked, "decision": "log_out"}).status_code == 400
    assert printer.is_logged_in


def test_a_form_that_is_too_old_is_refused(clock, printer):
    page = printer.ask()
    clock.shift(601)

    assert printer.confirm(page).status_code == 400


@pytest.mark.parametrize("body", [b"client_id=\xff", b"client_id=%FF", b"state=%00"])
def test_a_form_that_cannot_be_read_is_refused(printer, body):
    sent = Client().post(PAGE, body, content_type="application/x-www-form-urlencoded")

    assert sent.status_code == 400


def test_a_query_that_cannot_be_read_is_refused(printer):
    assert printer.browser.get(f"{PAGE}?state=%00").status_code == 400
