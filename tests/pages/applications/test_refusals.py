"""The refusals page: a developer sees why requests were refused, and finds one by its Request-Id."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from oauthcore.flows.applications.refusals import MOST_SHOWN
from oauthcore.models import Refusal
from oauthcore.pages.applications.error_words import MEANINGS
from oauthcore.recording import refusals
from tests.support.clock import NOON
from tests.support.documentation import errors_in_code
from tests.support.factories import UserFactory, register
from tests.support.oauth import OAuthClient
from tests.support.pages.reading import text_of
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def oauth(ada: Any, clock: Any) -> OAuthClient:
    browser = Client()
    browser.force_login(ada)
    return OAuthClient(register(owner=ada), browser)


def path_of(oauth: OAuthClient) -> str:
    return f"/oauth/applications/{oauth.registered.application.pk}/refusals"


def show(oauth: OAuthClient, **query: str) -> Any:
    return oauth.browser.get(path_of(oauth), query)


def keep(oauth: OAuthClient, **values: Any) -> Refusal:
    values = {
        "application_ref": oauth.registered.client_id,
        "request_id": "a" * 32,
        "error": "invalid_grant",
        "reason": "the code was used before",
        "endpoint": "/oauth/token",
        "at": NOON,
        **values,
    }
    return Refusal.objects.create(**values)


def test_a_refusal_shows_when_and_where_it_was_and_why_and_what_the_error_means(oauth):
    answered = oauth.redeem("nonsense")

    text = text_of(show(oauth))

    assert "June 15, 2030, 12:00:00 UTC" in text
    assert "invalid_grant this is not a code of this site" in text
    assert "/oauth/token" in text
    assert answered["Request-Id"] in text
    assert str(MEANINGS["invalid_grant"]) in text


def test_the_page_of_a_bad_link_leads_developers_to_the_refusal_that_says_why(oauth):
    refused = oauth.authorize(redirect_uri="https://evil.example/cb")

    assert refused.status_code == 400
    html = refused.content.decode()
    assert "or look up the number below on the application’s Refusals page." in html
    assert refused["Request-Id"] in html
    assert "redirect_uri is not registered" in text_of(show(oauth, request_id=refused["Request-Id"]))


def test_a_page_without_refusals_says_so(oauth):
    assert "Nothing was refused" in text_of(show(oauth))


@pytest.mark.parametrize("form", ["{}", " {}\n", "Request-Id: {}", "{upper}", "{dashes}"])
def test_one_refusal_is_found_by_its_request_id_however_it_was_copied(form, oauth):
    wanted, other = (oauth.token(grant_type="nonsense")["Request-Id"] for _ in range(2))
    dashes = "-".join([wanted[:8], wanted[8:12], wanted[12:]])

    text = text_of(show(oauth, request_id=form.format(wanted, upper=wanted.upper(), dashes=dashes)))

    assert wanted in text.lower()
    assert other not in text


def test_an_older_refusal_than_those_shown_is_found_by_its_request_id(oauth):
    keep(oauth, request_id="b" * 32, at=NOON - timedelta(hours=1))
    Refusal.objects.bulk_create(
        Refusal(application_ref=oauth.registered.client_id, at=NOON, request_id=f"{number:032x}")
        for number in range(MOST_SHOWN)
    )

    everything = text_of(show(oauth))
    assert "b" * 32 not in everything
    assert "These are the newest 100." in everything
    assert "b" * 32 in text_of(show(oauth, request_id="b" * 32))


def test_a_request_id_that_nothing_is_known_of_is_said_to_be_so(oauth):
    keep(oauth)

    text = text_of(show(oauth, request_id="f" * 32))

    assert "No refusal with this Request-Id" in text
    assert "Show all" in text


@pytest.mark.parametrize("wanted", ["nonsense", "\x00", "a" * 33, "<script>", "a" * 5000])
def test_what_is_no_request_id_is_said_at_the_field_and_stays_in_it(wanted, oauth):
    answered = show(oauth, request_id=wanted)

    assert answered.status_code == 400
    assert "A Request-Id has 32 letters and digits" in answered.content.decode()
    assert answered.context["wanted"] == wanted[:100]
    assert "<script>" not in answered.content.decode()


@pytest.mark.parametrize("query", [{}, {"request_id": "c" * 32}])
def test_refusals_of_another_application_are_never_shown(query, oauth):
    keep(oauth, application_ref=register(owner=UserFactory()).client_id, request_id="c" * 32)

    text = show(oauth, **query).content.decode()

    assert "the code was used before" not in text


def test_refusals_are_shown_for_as_long_as_the_site_says(clock, settings, oauth):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "REFUSAL_LIFETIME": 2 * 86400}
    keep(oauth)
    clock.shift(2 * 86400 - 1)
    assert "the code was used before" in text_of(show(oauth))
    assert "in the last 2 days" in text_of(show(oauth))

    clock.shift(1)

    assert "Nothing was refused" in text_of(show(oauth))
    assert "No refusal" in text_of(show(oauth, request_id="a" * 32))


def test_the_page_costs_the_same_however_many_there_are(oauth):
    costs = []
    for number in (0, 1, 150):
        Refusal.objects.bulk_create(
            Refusal(application_ref=oauth.registered.client_id, request_id="d" * 32) for _ in range(number)
        )
        refusals.batch.flush()
        with statements() as run:
            show(oauth)
        costs.append(len(run))

    assert set(costs) == {4}  # session, person, application, refusals


def test_every_error_that_an_application_can_meet_is_explained():
    names_none = {"not_found", "not_acceptable", "throttled", "registration_closed"}
    # Who signs in from an app is a person: no application stands behind it.
    names_none |= {"invalid_credentials", "invalid_mfa_code", "invalid_mfa_token"}
    names_none |= {"invalid_refresh_token", "refresh_token_reused", "account_not_allowed"}
    codes = {code for code, _ in errors_in_code() if " " not in code}  # Mastodon's are sentences already

    assert set(MEANINGS) == codes - names_none
