"""What the login page says of the application that waits for the login: its name, and whom it expects.

Wire §2 (``login_hint``).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.support.oauth import OAuthClient

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("texts of a page, from the request that waits"),
]

LONG = "s" * 2000


class TestTheNameOfTheApplication:
    """Nobody is told it who does not know a redirect URI of the application."""

    def test_is_said_where_a_request_waits(self, stranger: OAuthClient) -> None:
        for state in ("a state", LONG):
            page = stranger.browser.get(stranger.authorize(state=state)["Location"])
            assert "Photo Printer" in page.content.decode()

    @pytest.mark.parametrize(
        "changes",
        [
            {"redirect_uri": None},
            {"redirect_uri": "https://evil.example/cb"},
            {"redirect_uri": ["https://evil.example/cb", "https://evil.example/cb"]},
        ],
        ids=["none", "another", "two"],
    )
    def test_is_not_said_to_whoever_types_a_number(
        self, stranger: OAuthClient, changes: dict[str, Any]
    ) -> None:
        for client_id in (stranger.registered.application.pk, stranger.registered.client_id):
            typed = urlencode(stranger.parameters(client_id=client_id, **changes), doseq=True)
            page = stranger.browser.get("/login", {"next": f"/oauth/authorize?{typed}"})
            assert page.status_code == 200
            assert "Photo Printer" not in page.content.decode()

    def test_is_said_to_somebody_logged_in_for_the_consent_page_says_it_too(
        self, printer: OAuthClient
    ) -> None:
        asked = urlencode(printer.parameters(redirect_uri=None, prompt="login"))

        page = printer.browser.get("/oauth/login-again", {"next": f"/oauth/authorize?{asked}"})

        assert "Photo Printer" in page.content.decode()


class TestTheLoginHint:
    @pytest.mark.parametrize("state", ["a state", LONG], ids=["short", "long"])
    def test_fills_the_field(self, stranger: OAuthClient, state: str) -> None:
        path = stranger.authorize(state=state, login_hint="ada <@example.org>")["Location"]

        page = stranger.browser.get(path).content.decode()

        assert 'value="ada &lt;@example.org&gt;"' in page
        assert page.count("autofocus") == 1

    @pytest.mark.parametrize("hint", ["a" * 321, "a\nb", "a\u202eb", ""], ids=ascii)
    def test_that_can_be_no_login_fills_nothing(self, stranger: OAuthClient, hint: str) -> None:
        form = stranger.browser.get(stranger.authorize(login_hint=hint)["Location"]).context["form"]

        assert not form["username"].value()

    def test_gives_way_to_what_was_typed(self, stranger: OAuthClient) -> None:
        path = stranger.authorize(login_hint="ada")["Location"]

        form = stranger.browser.post(path, {"username": "ben", "password": "wrong"}).context["form"]

        assert form["username"].value() == "ben"

    def test_without_an_application_fills_nothing(self, db: None) -> None:
        form = Client().get("/login", {"next": "/?login_hint=ada", "login_hint": "ada"}).context["form"]

        assert not form["username"].value()
