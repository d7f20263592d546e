"""Authorization requests that wait for a login: long ones, several at once, and where the session goes.

Wire §2 point 5.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from oauthcore.pages.authorize import waiting
from tests.support.factories import PASSWORD, UserFactory, register
from tests.support.oauth import OAuthClient, answer
from tests.support.pages.reading import boxes_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("what the session holds; its row is one text on every database"),
]

LONG = "s" * 2000
COOKIES = "django.contrib.sessions.backends.signed_cookies"


def next_of(response: Any) -> str:
    """Return where a login page leads back to."""
    return dict(parse_qsl(urlsplit(response["Location"]).query))["next"]


def log_in(browser: Client, response: Any, username: str = "ada") -> Any:
    """Log in at the page that an answer leads to, and open the page that comes after it."""
    path = response["Location"]
    assert browser.get(path).status_code == 200
    answered = browser.post(path, {"username": username, "password": PASSWORD, "next": next_of(response)})
    assert answered.status_code == 302, answered.content
    return browser.get(answered["Location"])


@pytest.mark.parametrize("extra", ["", "login", "consent"])
@pytest.mark.parametrize("state", [LONG, "€" * 680], ids=["long", "longer"])
def test_a_link_that_is_too_long_for_a_login_page_survives_the_login(
    stranger: OAuthClient, state: str, extra: str
) -> None:
    response = stranger.authorize(state=state, prompt=extra or None, login_hint="ada")
    assert len(response["Location"]) < 2048

    page = log_in(stranger.browser, response)

    assert list(boxes_of(page)) == ["read"]
    fields = {"transaction": page.context["transaction"], "scope": "read", "decision": "approve"}
    decided = stranger.browser.post(page.context["form_action"], fields)
    assert answer(decided)["state"] == state
    assert "code" in answer(decided)


def test_what_nobody_reads_of_a_link_is_not_kept(stranger: OAuthClient) -> None:
    response = stranger.authorize(state=LONG, utm_source="u" * 30_000)

    assert stranger.browser.session[waiting.WAITING][0]["query"].count("utm_source") == 0
    assert log_in(stranger.browser, response).status_code == 200


def test_a_link_that_is_repeated_in_part_is_refused_after_the_login_as_any_other(
    stranger: OAuthClient,
) -> None:
    response = stranger.authorize(state=[LONG, LONG])

    assert answer(log_in(stranger.browser, response))["error"] == "invalid_request"


def test_a_link_that_no_session_has_room_for_is_said_on_a_page(stranger: OAuthClient) -> None:
    refused = stranger.authorize(scope="r" * waiting.LONGEST)

    assert refused.status_code == 400
    assert waiting.WAITING not in stranger.browser.session


def test_each_tab_comes_back_to_its_own_request(stranger: OAuthClient) -> None:
    first = stranger.authorize(state=LONG, scope="read")
    second = stranger.authorize(state=LONG, scope="read api.images.read")

    assert len(boxes_of(log_in(stranger.browser, second))) == 2
    assert len(boxes_of(stranger.browser.get(next_of(first)))) == 1


def test_a_session_keeps_few_requests_and_the_oldest_gives_way(stranger: OAuthClient) -> None:
    asked = [stranger.authorize(state=LONG) for _ in range(waiting.MOST + 1)]
    assert len(stranger.browser.session[waiting.WAITING]) == waiting.MOST

    log_in(stranger.browser, asked[-1])

    gone = stranger.browser.get(next_of(asked[0]))
    assert gone.status_code == 400
    assert b"start again" in gone.content
    assert stranger.browser.get(next_of(asked[1])).status_code == 200


def test_what_a_session_keeps_has_a_size(stranger: OAuthClient) -> None:
    for _ in range(3):
        assert stranger.authorize(scope="r" * 60_000).status_code == 302

    kept = stranger.browser.session[waiting.WAITING]
    assert sum(len(one["query"]) for one in kept) <= waiting.LONGEST_TOGETHER
    assert len(kept) == 2


def test_one_session_knows_nothing_of_what_waits_in_another(stranger: OAuthClient) -> None:
    UserFactory(username="ben")
    back = next_of(stranger.authorize(state=LONG))
    other = Client()
    other.login(username="ben", password=PASSWORD)

    assert other.get(back).status_code == 400


@pytest.mark.parametrize("state", ["a state", LONG], ids=["short", "long"])
def test_a_request_survives_a_login_as_somebody_else(printer: OAuthClient, state: str) -> None:
    UserFactory(username="ben")
    response = printer.authorize(state=state, prompt="login")

    page = log_in(printer.browser, response, "ben")

    assert page.context["person_name"] == "ben"


@pytest.mark.parametrize("state", ["a state", LONG], ids=["short", "long"])
def test_a_request_survives_a_login_as_somebody_else_at_a_login_page_of_the_site(
    printer: OAuthClient, settings: Settings, state: str
) -> None:
    settings.ROOT_URLCONF, settings.LOGIN_URL = "tests.support.sites.own_logins", "/plain"
    UserFactory(username="ben")

    page = log_in(printer.browser, printer.authorize(state=state, prompt="login"), "ben")

    assert page.context["person_name"] == "ben"


def test_a_login_for_one_request_is_none_for_another(printer: OAuthClient, clock: Any) -> None:
    asked = printer.authorize(prompt="login")
    log_in(printer.browser, asked)
    back = next_of(asked)
    other = back.replace("scope=read", "scope=read+api.images.read")
    assert other != back

    assert printer.browser.get(back).status_code == 200
    assert printer.browser.get(other)["Location"].startswith("/login?")


def test_a_login_in_one_browser_is_none_in_another(printer: OAuthClient, ada: Any) -> None:
    asked = printer.authorize(prompt="login")
    log_in(printer.browser, asked)
    victim = Client()
    victim.force_login(ada)

    assert victim.get(next_of(asked))["Location"].startswith("/login?")


def test_a_login_stands_for_the_request_for_ten_minutes(printer: OAuthClient, clock: Any) -> None:
    asked = printer.authorize(prompt="login")
    clock.shift(3600)
    log_in(printer.browser, asked)
    assert printer.browser.get(next_of(asked)).status_code == 200

    clock.shift(600)

    assert printer.browser.get(next_of(asked))["Location"].startswith("/oauth/login-again?")


class TestWithSessionsInCookies:
    @pytest.fixture(autouse=True)
    def _sessions(self, settings: Settings) -> None:
        settings.SESSION_ENGINE, settings.SESSION_SAVE_EVERY_REQUEST = COOKIES, True

    @pytest.mark.parametrize("prompt", [None, "login"])
    def test_a_login_leads_to_consent_that_can_be_given(
        self, ada: Any, clock: Any, prompt: str | None
    ) -> None:
        printer = OAuthClient(register(), Client())

        page = log_in(printer.browser, printer.authorize(prompt=prompt))
        clock.shift(5)  # another signature, and so another key of the session
        printer.browser.get("/oauth/connections/")
        fields = {"transaction": page.context["transaction"], "scope": "read", "decision": "approve"}
        decided = printer.browser.post(page.context["form_action"], fields)

        assert "code" in answer(decided)

    def test_a_long_link_is_said_on_a_page_for_a_cookie_has_no_room_for_it(self, ada: Any) -> None:
        printer = OAuthClient(register(), Client())

        assert printer.authorize(state=LONG).status_code == 400
        assert all(len(one.value) < 4096 for one in printer.browser.cookies.values())


def test_strangers_open_so_many_sessions_and_no_more(stranger: OAuthClient, settings: Settings) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "WAITING_REQUEST_LIMIT": (3, 300)}

    answers = [OAuthClient(stranger.registered, Client()).authorize(state=LONG) for _ in range(4)]

    assert [one.status_code for one in answers] == [302, 302, 302, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert "sessionid" not in answers[-1].cookies
    assert OAuthClient(stranger.registered, Client()).authorize().status_code == 302


def test_a_page_of_a_person_is_come_back_to_without_what_cannot_be_carried(ada: Any) -> None:
    response = Client().get("/oauth/connections/", {"note": "n" * 3000})

    assert response["Location"] == "/login?next=/oauth/connections/"
