"""What is said on a page because there is no address to send it to: ``urn:ietf:wg:oauth:2.0:oob``.

Wire §2 points 1 and 7.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from oauthcore.models import Grant
from tests.support.factories import EVERY_GRANT_TYPE
from tests.support.oauth import OAuthClient
from tests.support.outages import breaking_at
from tests.support.pages.legacy import OUT_OF_BAND, SHOWN, TOKEN, at_browser_of, code_on, register_legacy
from tests.support.pages.refusals import CASES, NAMES, assert_nothing_happened, assert_shown_on_a_page

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("texts of a page for requests that are refused"),
]


@pytest.fixture
def old(printer: OAuthClient) -> OAuthClient:
    """A legacy application that has its codes copied by hand."""
    return at_browser_of(printer, register_legacy(redirect_uris=[OUT_OF_BAND]))


def test_a_no_stays_on_the_page(old: OAuthClient) -> None:
    page = old.decide("deny", **SHOWN)

    assert "Location" not in page
    assert b"No access was given" in page.content
    assert_nothing_happened()


@pytest.mark.parametrize(("changes", "error"), CASES, ids=NAMES)
def test_every_mistake_of_the_application_is_shown_with_its_error(
    old: OAuthClient, changes: dict[str, Any], error: str
) -> None:
    page = old.authorize(**SHOWN, **changes)

    assert_shown_on_a_page(page)
    assert f"{error}: " in page.context["developer_hint"]
    assert page.context["request_id"]
    assert page["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("error", ["login_required", "consent_required"])
def test_the_refusal_to_be_silent_is_shown(old: OAuthClient, error: str) -> None:
    browser = Client() if error == "login_required" else old.browser

    page = OAuthClient(old.registered, browser).authorize(**SHOWN, prompt="none")

    assert_shown_on_a_page(page)
    assert page.context["developer_hint"].startswith(f"{error}: ")


def test_a_token_that_was_asked_for_is_refused_on_a_page(printer: OAuthClient) -> None:
    implicit = register_legacy(redirect_uris=[OUT_OF_BAND], grant_types=[*EVERY_GRANT_TYPE, "implicit"])

    page = at_browser_of(printer, implicit).authorize(**{**TOKEN, **SHOWN})

    assert_shown_on_a_page(page)
    assert page.context["developer_hint"].startswith("unauthorized_client: ")


def test_a_mistake_repeats_nothing_that_was_sent(old: OAuthClient) -> None:
    page = old.authorize(**SHOWN, scope="<b>nonsense</b>", state="a-state-for-nobody")

    assert b"nonsense" not in page.content
    assert b"a-state-for-nobody" not in page.content


def test_a_mistake_is_put_in_the_persons_words_first(old: OAuthClient) -> None:
    html = old.authorize(**SHOWN, scope="nonsense").content.decode()

    assert "It got no data about you" in html
    assert html.index("It got no data about you") < html.index("For the application’s developers")


@pytest.mark.django_db(transaction=True)
def test_an_outage_has_its_own_words_and_status(old: OAuthClient) -> None:
    old.decide(**SHOWN)
    grants = Grant.objects.count()
    for number in range(1, 20):
        with breaking_at(number, OperationalError):
            page = old.authorize(**SHOWN)
        if page.status_code == 200:
            break

        assert page.status_code == 503
        assert int(page["Retry-After"]) >= 1
        assert b"made a mistake" not in page.content
        assert Grant.objects.count() == grants
    assert number > 4
    assert code_on(page)


def test_what_nobody_expected_is_an_error_of_the_site(old: OAuthClient) -> None:
    transaction = old.authorize(**SHOWN).context["transaction"]
    old.browser.raise_request_exception = False

    with breaking_at(5, ZeroDivisionError):
        page = old.decide(transaction=transaction, **SHOWN)

    assert_shown_on_a_page(page, status=500)
    assert b"out of order" not in page.content
    assert b"made a mistake" not in page.content
