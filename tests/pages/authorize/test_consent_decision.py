"""The decision of the consent page: bound to what was shown, made once, forged by nobody.

Wire §2 point 6; OAuth 2.1 §7.10.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from oauthcore.models import AuthorizationCode, Consent, Grant, SecurityEvent
from tests.support.factories import PASSWORD, UserFactory, register
from tests.support.oauth import OAuthClient, answer
from tests.support.pages.refusals import assert_refused, assert_shown_on_a_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def transaction(printer: OAuthClient) -> str:
    """What the page carries that ada was just shown."""
    shown: str = printer.authorize().context["transaction"]
    return shown


def test_a_yes_opens_one_grant_and_is_noted_without_its_code(
    printer: OAuthClient, atomic_requests: bool
) -> None:
    told = answer(printer.decide())

    assert set(told) == {"code", "state", "iss"}
    grant = Grant.objects.get()
    assert (grant.kind, grant.scopes) == ("application", {"read"})
    event = SecurityEvent.objects.get(kind="consent_given")
    assert (event.user_ref, event.grant_uuid) in [
        (str(grant.user_id), None),
        (str(grant.user_id), grant.uuid),
    ]
    assert told["code"] not in str(list(SecurityEvent.objects.values()))


@pytest.mark.rfc("6749", "4.1.2.1")
def test_a_no_is_told_to_the_application_and_remembered_by_nobody(
    printer: OAuthClient, atomic_requests: bool
) -> None:
    assert_refused(printer.decide("deny"), "access_denied")
    assert printer.authorize().status_code == 200


@pytest.mark.parametrize("first", ["approve", "deny"])
@pytest.mark.parametrize("second", ["approve", "deny"])
def test_a_page_is_answered_once(
    printer: OAuthClient, transaction: str, first: str, second: str, atomic_requests: bool
) -> None:
    printer.decide(first, transaction=transaction)
    opened = Grant.objects.count()

    response = printer.decide(second, transaction=transaction)

    assert response.status_code == 400
    assert "Location" not in response
    assert Grant.objects.count() == AuthorizationCode.objects.count() == opened


@pytest.mark.parametrize(("seconds", "status"), [(600, 302), (601, 400)])
def test_a_page_can_be_answered_for_ten_minutes(
    clock: Any, printer: OAuthClient, seconds: int, status: int
) -> None:
    transaction = printer.authorize().context["transaction"]
    clock.shift(seconds)

    assert printer.decide(transaction=transaction).status_code == status


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": "read api.images.read"},
        {"scope": "api.images.read"},
        {"state": "another"},
        {"state": None},
        {"code_challenge": "b" * 43},
        {"redirect_uri": "https://client.example/other"},
    ],
    ids=str,
)
def test_a_page_answers_the_request_it_was_shown_for_and_no_other(
    printer: OAuthClient, transaction: str, changes: dict[str, Any]
) -> None:
    application = printer.registered.application
    application.redirect_uris = [*application.redirect_uris, "https://client.example/other"]
    application.save()

    assert_shown_on_a_page(printer.decide(transaction=transaction, form={"scope": ["read"]}, **changes))


def test_a_page_answers_for_its_own_application_only(printer: OAuthClient, transaction: str) -> None:
    other = OAuthClient(register(name="Other"), printer.browser)

    assert_shown_on_a_page(other.decide(transaction=transaction))


def test_a_page_answers_in_its_own_session_only(printer: OAuthClient, ada: Any, transaction: str) -> None:
    elsewhere = Client()
    elsewhere.force_login(ada)

    assert_shown_on_a_page(OAuthClient(printer.registered, elsewhere).decide(transaction=transaction))


@pytest.mark.parametrize("username", ["ada", "ben"])
def test_a_page_dies_with_the_login_it_was_shown_under(
    printer: OAuthClient, transaction: str, username: str
) -> None:
    UserFactory(username="ben")
    printer.browser.post("/logout")
    printer.browser.post("/login", {"username": username, "password": PASSWORD})

    assert_shown_on_a_page(printer.decide(transaction=transaction))


def test_a_page_dies_when_somebody_else_logs_in_over_it(printer: OAuthClient, transaction: str) -> None:
    UserFactory(username="ben")
    printer.browser.post("/login", {"username": "ben", "password": PASSWORD})

    assert_shown_on_a_page(printer.decide(transaction=transaction))


def test_a_page_answers_for_the_person_it_was_shown_to_only(
    printer: OAuthClient, ada: Any, transaction: str
) -> None:
    ben = UserFactory(username="ben")
    type(ben).objects.filter(pk=ben.pk).update(
        password=ada.password
    )  # so that nothing but the person differs
    session = printer.browser.session
    session["_auth_user_id"] = str(ben.pk)
    session.save()

    assert_shown_on_a_page(printer.decide(transaction=transaction))


def test_a_page_dies_with_the_password(printer: OAuthClient, ada: Any, transaction: str) -> None:
    ada.set_password("another long walk")
    ada.save()
    session = printer.browser.session
    session["_auth_user_hash"] = ada.get_session_auth_hash()  # as Django's own change of a password leaves it
    session.save()

    assert_shown_on_a_page(printer.decide(transaction=transaction))


@pytest.mark.parametrize("forged", ["", "x", "eyJub25jZSI6IngifQ:1sABCD:forged", "\x00", "é", "x" * 60_000])
def test_a_transaction_that_is_not_ours_opens_nothing(printer: OAuthClient, forged: str) -> None:
    assert_shown_on_a_page(printer.decide(transaction=forged))


def test_a_transaction_that_was_touched_opens_nothing(printer: OAuthClient, transaction: str) -> None:
    head, rest = transaction.split(":", 1)

    for touched in (f"{head}A:{rest}", transaction[:-1], transaction[::-1], transaction.swapcase()):
        assert_shown_on_a_page(printer.decide(transaction=touched))


@pytest.mark.parametrize("decision", ["", "yes", "APPROVE", "approve "])
def test_what_is_no_decision_decides_nothing(printer: OAuthClient, decision: str) -> None:
    assert_shown_on_a_page(printer.decide(decision))


@pytest.mark.parametrize(
    "sent",
    [
        ["read", "api.images.read"],
        ["read", "api.images.delete"],
        ["read", "nonsense"],
        ["read api.images.read"],
        ["READ"],
        ["read\x00"],
    ],
    ids=str,
)
def test_a_scope_that_was_not_shown_spoils_the_whole_answer(printer: OAuthClient, sent: list[str]) -> None:
    assert_shown_on_a_page(printer.decide(form={"scope": sent}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("response_type", "token"),
        ("client_id", "another"),
        ("redirect_uri", "https://evil.example/cb"),
        ("state", "another"),
        ("code_challenge", "b" * 43),
        ("code_challenge_method", "plain"),
        ("state", ["a state", "a state"]),
    ],
)
def test_the_form_says_nothing_else_than_its_address(printer: OAuthClient, name: str, value: Any) -> None:
    assert_shown_on_a_page(printer.decide(form={name: value}))


def test_a_wrong_request_is_refused_when_it_is_answered_as_well(
    printer: OAuthClient, transaction: str
) -> None:
    assert_refused(printer.decide(transaction=transaction, code_challenge_method="plain"), "invalid_request")


class TestTicks:
    """What the person leaves ticked is what is granted."""

    def test_that_are_taken_away_are_not_granted(self, printer: OAuthClient) -> None:
        both = "read api.images.read"

        code = printer.code(scope=both, form={"scope": ["api.images.read"]})

        assert printer.redeem(code).json()["scope"] == "api.images.read"
        assert Consent.objects.get().scopes == {"api.images.read"}

    def test_that_are_all_taken_away_bring_the_page_again(self, printer: OAuthClient) -> None:
        page = printer.decide(form={"scope": []})

        assert_shown_on_a_page(page)
        assert b"Select at least one thing" in page.content
        assert answer(printer.decide(transaction=page.context["transaction"]))["code"]


class TestForgery:
    """OAuth 2.1 §7.10."""

    @pytest.fixture
    def printer(self, printer: OAuthClient, ada: Any) -> OAuthClient:
        printer.browser = Client(enforce_csrf_checks=True)
        printer.browser.force_login(ada)
        return printer

    def test_without_the_pages_own_token_is_refused(self, printer: OAuthClient) -> None:
        page = printer.decide()

        assert_shown_on_a_page(page, status=403)

    def test_with_a_token_of_somebody_elses_making_is_refused(self, printer: OAuthClient) -> None:
        assert_shown_on_a_page(printer.decide(form={"csrfmiddlewaretoken": "a" * 64}), status=403)

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example"])
    def test_from_another_origin_is_refused_even_with_the_token(
        self, printer: OAuthClient, origin: str
    ) -> None:
        token = printer.authorize().context["csrf_token"]
        printer.browser.defaults["HTTP_ORIGIN"] = origin

        assert_shown_on_a_page(printer.decide(form={"csrfmiddlewaretoken": str(token)}), status=403)

    def test_is_not_what_the_page_itself_does(self, printer: OAuthClient) -> None:
        token = printer.authorize().context["csrf_token"]

        assert answer(printer.decide(form={"csrfmiddlewaretoken": str(token)}))["code"]
