"""Required scopes: shown, said to be required, and granted with every yes, for the application needs them.

Wire §2 point 6.
"""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import Application
from tests.support.factories import register
from tests.support.oauth import OAuthClient, granted
from tests.support.pages.reading import boxes_of, text_of

pytestmark = pytest.mark.django_db

READ, IMAGES, DELETE = "read", "api.images.read", "api.images.delete"
EVERYTHING = f"{READ} {IMAGES} {DELETE}"


@pytest.fixture
def printer(printer: OAuthClient) -> OAuthClient:
    """An application that may ask for three scopes and needs the second."""
    application = printer.registered.application
    application.scopes, application.required_scopes = [READ, IMAGES, DELETE], [IMAGES]
    application.full_clean()
    application.save()
    return printer


def test_they_are_said_to_be_required_and_cannot_be_unticked(printer: OAuthClient) -> None:
    html = printer.authorize(scope=EVERYTHING).content.decode()

    assert f'value="{IMAGES}" checked disabled' in html
    assert f'value="{READ}" checked>' in html
    assert "Read images, sets, keywords and facets Required" in text_of(printer.authorize(scope=EVERYTHING))


@pytest.mark.parametrize("sent", [[], [READ], [READ, DELETE], [IMAGES]], ids=str)
def test_they_are_granted_although_the_browser_does_not_send_them(
    printer: OAuthClient, sent: list[str]
) -> None:
    response = printer.decide(scope=EVERYTHING, form={"scope": sent})

    assert granted(response, printer) == {*sent, IMAGES}


def test_they_are_not_granted_where_they_were_not_asked_for(printer: OAuthClient) -> None:
    page = printer.authorize(scope=READ)
    assert boxes_of(page) == {READ: (True, False)}

    response = printer.decide(transaction=page.context["transaction"], scope=READ)

    assert granted(response, printer) == {READ}


def test_they_are_those_that_the_page_said_whatever_the_developer_does_meanwhile(
    printer: OAuthClient,
) -> None:
    transaction = printer.authorize(scope=EVERYTHING).context["transaction"]
    Application.objects.update(required_scopes=[READ, IMAGES, DELETE])

    response = printer.decide(transaction=transaction, scope=EVERYTHING, form={"scope": []})

    assert granted(response, printer) == {IMAGES}


def test_they_leave_no_choice_where_there_is_nothing_else(printer: OAuthClient) -> None:
    page = printer.authorize(scope=IMAGES)

    assert page.context["can_untick"] is False
    assert "Clear the boxes" not in text_of(page)
    assert "Clear the boxes" in text_of(printer.authorize(scope=EVERYTHING))


def test_they_stay_ticked_on_a_page_that_is_shown_again(printer: OAuthClient) -> None:
    Application.objects.update(required_scopes=[])
    transaction = printer.authorize(scope=EVERYTHING).context["transaction"]
    Application.objects.update(required_scopes=[IMAGES])

    again = printer.decide(transaction=transaction, scope=EVERYTHING, form={"scope": []})

    assert again.status_code == 400
    assert boxes_of(again) == {READ: (False, False), IMAGES: (True, True), DELETE: (False, False)}


def test_they_include_what_they_cover(printer: OAuthClient, settings: Any) -> None:
    scopes = {"write": "Write", "write:media": "Write media", "read": "Read"}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": scopes}
    registered = register(scopes=["write", "read"], required_scopes=["write"])
    writer = OAuthClient(registered, printer.browser)

    assert boxes_of(writer.authorize(scope="write:media read")) == {
        "write:media": (True, True),
        "read": (True, False),
    }
