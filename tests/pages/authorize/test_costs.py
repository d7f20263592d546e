"""What the authorize page costs: statements, without those that begin, mark and end transactions.

With session, user and accounts, for a person waits for those as well. The reference site keeps its sessions
and its accounts in the database; a site that does not has two fewer.
"""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import Application, LegacySwitch
from tests.support.factories import register, register_public
from tests.support.oauth import OAuthClient
from tests.support.pages.legacy import (
    OUT_OF_BAND,
    SHOWN,
    TOKEN,
    at_browser_of,
    fragment_of,
    register_implicit,
    register_legacy,
)
from tests.support.reference_site.factories import MembershipFactory
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

SESSION, USER, ACCOUNTS = "django_session", "auth_user", "accounts_"


def subjects(run: list[str]) -> list[str]:
    """Return what each statement is about, by its table and verb, in the order in which they ran."""
    tables = {
        SESSION: "session",
        "oauthcore_consent": "consent",
        "oauthcore_authorizationcode": "code",
        "oauthcore_token": "token",
        "oauthcore_grant": "grant",
        "oauthcore_answeredpage": "answered page",
        "oauthcore_securityevent": "event",
        ACCOUNTS: "accounts",
        "oauthcore_application": "application",
        USER: "user",
    }
    return [next(word for table, word in tables.items() if table in sql) for sql in run]


@pytest.fixture(autouse=True)
def _two_accounts(ada: Any) -> None:
    for _ in range(2):
        MembershipFactory(user=ada)


def approve(oauth: OAuthClient, **changes: Any) -> None:
    page = oauth.authorize(**changes)
    account = page.context["accounts"][0]["uuid"]
    oauth.decide(transaction=page.context["transaction"], form={"account": account}, **changes)


def test_a_remembered_consent_is_answered_in_six(printer: OAuthClient) -> None:
    approve(printer)

    with statements() as run:
        assert "code=" in printer.authorize()["Location"]

    assert subjects(run) == ["session", "user", "consent", "accounts", "grant", "code"], run


def test_in_silence_and_for_many_scopes_and_codes_it_costs_the_same(printer: OAuthClient) -> None:
    for _ in range(3):
        approve(printer, scope="read api.images.read", prompt="consent")

    with statements() as run:
        assert "code=" in printer.authorize(prompt="none")["Location"]

    assert len(run) == 6, run


@pytest.mark.parametrize("way", ["implicit", "out of band", "path below", "without PKCE"])
def test_the_old_ways_cost_no_more(printer: OAuthClient, way: str) -> None:
    made, changes = {
        "implicit": (register_implicit, TOKEN),
        "out of band": (lambda: register_legacy(redirect_uris=[OUT_OF_BAND]), SHOWN),
        "path below": (
            lambda: register_legacy(LegacySwitch.PATH_PREFIX),
            {"redirect_uri": "https://client.example/cb/x"},
        ),
        "without PKCE": (
            lambda: register_legacy(LegacySwitch.OPTIONAL_PKCE),
            {"code_challenge": None, "code_challenge_method": None},
        ),
    }[way]
    old = at_browser_of(printer, made())
    approve(old, **changes)

    with statements() as run:
        response = old.authorize(**changes)

    last = "token" if way == "implicit" else "code"
    assert subjects(run) == ["session", "user", "consent", "accounts", "grant", last], run
    assert response.status_code == (200 if way == "out of band" else 302)
    if way == "implicit":
        assert fragment_of(response)["access_token"]


def test_the_page_that_asks_costs_five_the_first_time_and_four_when_something_was_approved(
    printer: OAuthClient,
) -> None:
    with statements() as first:
        assert printer.authorize().status_code == 200
    approve(printer)
    with statements() as again:
        assert printer.authorize(scope="read api.images.read").status_code == 200

    assert subjects(first) == ["session", "user", "consent", "application", "accounts"], first
    assert subjects(again) == ["session", "user", "consent", "accounts"], again


def test_a_trusted_application_costs_one_more_for_there_is_no_consent_to_come_along(
    printer: OAuthClient,
) -> None:
    Application.objects.update(is_trusted=True)

    with statements() as run:
        assert "code=" in printer.authorize()["Location"]

    assert subjects(run) == ["session", "user", "consent", "application", "accounts", "grant", "code"], run


def test_a_decision_costs_the_same_however_often_it_was_made(printer: OAuthClient) -> None:
    counts = []
    for _ in range(3):
        page = printer.authorize(prompt="consent")
        form = {"account": page.context["accounts"][0]["uuid"]}
        with statements() as run:
            printer.decide(transaction=page.context["transaction"], prompt="consent", form=form)
        counts.append(len(run))

    assert counts[1] == counts[2] <= 11, run


def test_somebody_who_is_not_logged_in_costs_one(stranger: OAuthClient) -> None:
    for changes in ({}, {"prompt": "none"}, {"redirect_uri": "https://evil.example"}):
        with statements() as run:
            stranger.authorize(**changes)

        assert subjects(run) == ["application"], run


def test_an_application_nobody_knows_costs_one_and_a_name_that_is_missing_nothing(
    stranger: OAuthClient,
) -> None:
    with statements() as unknown:
        assert stranger.authorize(client_id="unknown").status_code == 400
    with statements() as missing:
        assert stranger.authorize(client_id=None).status_code == 400

    assert subjects(unknown) == ["application"], unknown
    assert missing == []


def test_an_application_nobody_knows_costs_four_where_somebody_is_logged_in(printer: OAuthClient) -> None:
    with statements() as run:
        assert printer.authorize(client_id="unknown").status_code == 400

    assert subjects(run) == ["session", "user", "consent", "application"], run


@pytest.mark.parametrize("make", [register, register_public])
def test_a_refusal_costs_no_question_about_accounts(printer: OAuthClient, make: Any) -> None:
    oauth = at_browser_of(printer, make())

    with statements() as run:
        assert "error=" in oauth.authorize(scope="nonsense")["Location"]

    assert "accounts" not in subjects(run), run
