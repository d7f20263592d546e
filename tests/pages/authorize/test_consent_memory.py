"""Asking again: only what is new is asked, what was allowed before is kept, and no answer takes more.

Wire §2 point 6.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from oauthcore.flows.connections.withdraw import withdraw
from oauthcore.models import Application, AuthorizationCode, Consent, Grant
from tests.support.factories import PASSWORD, UserFactory
from tests.support.oauth import OAuthClient, answer, granted, is_live
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


def assert_not_valid(page: Any, *, grants: int) -> None:
    assert page.status_code == 400
    assert "Location" not in page
    assert Grant.objects.count() == AuthorizationCode.objects.count() == grants


def test_the_first_time_everything_is_asked_and_ticked(printer: OAuthClient) -> None:
    page = printer.authorize(scope=EVERYTHING)

    assert boxes_of(page) == {READ: (True, False), IMAGES: (True, True), DELETE: (True, False)}
    assert page.context["kept"] == []


def test_the_second_time_only_what_is_new_is_asked_and_all_of_it_is_granted(printer: OAuthClient) -> None:
    printer.decide(scope=READ, form={"scope": [READ]})
    page = printer.authorize(scope=EVERYTHING)
    assert set(boxes_of(page)) == {IMAGES, DELETE}
    assert len(page.context["kept"]) == 1

    response = printer.decide(
        transaction=page.context["transaction"], scope=EVERYTHING, form={"scope": [IMAGES, DELETE]}
    )

    assert granted(response, printer) == {READ, IMAGES, DELETE}
    assert Consent.objects.get().scopes == {READ, IMAGES, DELETE}


def test_what_is_not_asked_for_this_time_is_neither_shown_nor_granted_nor_forgotten(
    printer: OAuthClient,
) -> None:
    printer.decide(scope=f"{READ} {IMAGES}")
    page = printer.authorize(scope=f"{IMAGES} {DELETE}")

    assert set(boxes_of(page)) == {DELETE}
    assert "Read your profile" not in text_of(page)
    response = printer.decide(transaction=page.context["transaction"], scope=f"{IMAGES} {DELETE}")
    assert granted(response, printer) == {IMAGES, DELETE}
    assert Consent.objects.get().scopes == {READ, IMAGES, DELETE}


def test_whoever_ticks_nothing_new_keeps_what_was_allowed(printer: OAuthClient) -> None:
    printer.decide(scope=IMAGES)

    response = printer.decide(scope=f"{IMAGES} {DELETE}", form={"scope": []})

    assert granted(response, printer) == {IMAGES}
    assert Consent.objects.get().scopes == {IMAGES}
    assert printer.authorize(scope=f"{IMAGES} {DELETE}").status_code == 200


def test_a_no_to_what_is_new_takes_nothing_back(printer: OAuthClient) -> None:
    printer.decide(scope=IMAGES)

    assert answer(printer.decide("deny", scope=f"{IMAGES} {DELETE}"))["error"] == "access_denied"

    assert answer(printer.authorize(scope=IMAGES, prompt="none"))["code"]


def test_whoever_wants_it_asked_anew_is_asked_for_everything_and_may_take_back(printer: OAuthClient) -> None:
    printer.decide(scope=EVERYTHING)
    page = printer.authorize(scope=EVERYTHING, prompt="consent")
    assert set(boxes_of(page)) == {READ, IMAGES, DELETE}
    assert page.context["kept"] == []

    response = printer.decide(scope=EVERYTHING, prompt="consent", form={"scope": [READ]})

    assert granted(response, printer) == {READ, IMAGES}
    assert Consent.objects.get().scopes == {READ, IMAGES}


def test_what_the_person_was_shown_decides_and_not_what_the_address_says_later(printer: OAuthClient) -> None:
    printer.decide(scope=READ, form={"scope": [READ]})
    transaction = printer.authorize(scope=f"{READ} {IMAGES}").context["transaction"]

    response = printer.decide(
        transaction=transaction, scope=f"{READ} {IMAGES}", prompt="consent", form={"scope": []}
    )

    assert granted(response, printer) == {READ, IMAGES}


class TestTampering:
    """Nothing but the ticks, the account and the signed page is read."""

    @pytest.fixture
    def transaction(self, printer: OAuthClient) -> str:
        """A page that asks for one more scope, and keeps one."""
        printer.decide(scope=READ, form={"scope": [READ]})
        shown: str = printer.authorize(scope=f"{READ} {IMAGES}").context["transaction"]
        return shown

    @pytest.mark.parametrize(
        "sent", [[IMAGES, DELETE], [DELETE], [f"{IMAGES} {DELETE}"], ["nonsense"]], ids=str
    )
    def test_a_tick_that_was_not_offered_spoils_the_answer(
        self, printer: OAuthClient, transaction: str, sent: list[str]
    ) -> None:
        page = printer.decide(transaction=transaction, scope=f"{READ} {IMAGES}", form={"scope": sent})

        assert_not_valid(page, grants=1)
        assert Consent.objects.get().scopes == {READ}

    def test_a_page_keeps_nothing_but_what_it_was_signed_with(
        self, printer: OAuthClient, transaction: str
    ) -> None:
        form = {"scope": [IMAGES], "kept": DELETE, "required": DELETE}

        response = printer.decide(transaction=transaction, scope=f"{READ} {IMAGES}", form=form)

        assert granted(response, printer) == {READ, IMAGES}

    def test_a_page_that_keeps_something_answers_for_its_own_request_only(
        self, printer: OAuthClient, transaction: str
    ) -> None:
        for scope in (EVERYTHING, IMAGES, READ):
            page = printer.decide(transaction=transaction, scope=scope, form={"scope": [IMAGES]})
            assert_not_valid(page, grants=1)

    def test_it_keeps_nothing_for_somebody_else(self, printer: OAuthClient, transaction: str) -> None:
        UserFactory(username="ben")
        printer.browser.post("/login", {"username": "ben", "password": PASSWORD})

        page = printer.decide(transaction=transaction, scope=f"{READ} {IMAGES}", form={"scope": [IMAGES]})

        assert_not_valid(page, grants=1)
        assert set(boxes_of(printer.authorize(scope=f"{READ} {IMAGES}"))) == {READ, IMAGES}


class TestWithdrawal:
    """A page says what was allowed before; once that is taken back, the page is not true any more."""

    def test_between_page_and_answer_refuses_the_answer(
        self, printer: OAuthClient, ada: Any, atomic_requests: bool
    ) -> None:
        old = printer.tokens(scope=READ)["access_token"]
        scope = f"{READ} {IMAGES}"
        transaction = printer.authorize(scope=scope).context["transaction"]
        withdraw(printer.registered.application, ada, "withdrawn", now=timezone.now())

        page = printer.decide(transaction=transaction, scope=scope, form={"scope": [IMAGES]})

        assert_not_valid(page, grants=1)
        assert not Consent.objects.exists()
        assert not is_live(old)

    def test_of_a_part_does_so_too(self, printer: OAuthClient) -> None:
        printer.decide(scope=f"{READ} {IMAGES}")
        transaction = printer.authorize(scope=EVERYTHING).context["transaction"]
        printer.decide(scope=f"{READ} {IMAGES}", prompt="consent", form={"scope": [IMAGES]})

        page = printer.decide(transaction=transaction, scope=EVERYTHING, form={"scope": [DELETE]})

        assert_not_valid(page, grants=2)
        assert Consent.objects.get().scopes == {IMAGES}

    def test_leaves_a_first_page_as_true_as_it_was(self, printer: OAuthClient, ada: Any) -> None:
        transaction = printer.authorize(scope=READ).context["transaction"]
        withdraw(printer.registered.application, ada, "withdrawn", now=timezone.now())

        assert granted(printer.decide(transaction=transaction, scope=READ), printer) == {READ}

    def test_has_everything_asked_again(self, printer: OAuthClient, ada: Any) -> None:
        printer.decide(scope=READ)
        withdraw(printer.registered.application, ada, "withdrawn", now=timezone.now())

        assert set(boxes_of(printer.authorize(scope=f"{READ} {IMAGES}"))) == {READ, IMAGES}
        assert answer(printer.authorize(scope=READ, prompt="none"))["error"] == "consent_required"

    def test_takes_the_codes_on_their_way_along(self, printer: OAuthClient, ada: Any) -> None:
        code = printer.code(scope=READ)
        withdraw(printer.registered.application, ada, "withdrawn", now=timezone.now())

        assert printer.redeem(code).json()["error"] == "invalid_grant"


def test_trust_that_is_given_meanwhile_does_not_change_a_page_that_was_shown(printer: OAuthClient) -> None:
    transaction = printer.authorize(scope=READ).context["transaction"]
    Application.objects.update(is_trusted=True)

    assert granted(printer.decide(transaction=transaction, scope=READ), printer) == {READ}
    assert Consent.objects.get().scopes == {READ}


def test_a_trusted_application_is_given_all_it_asks_for_and_keeps_nothing(printer: OAuthClient) -> None:
    Application.objects.update(is_trusted=True)

    assert granted(printer.authorize(scope=EVERYTHING), printer) == {READ, IMAGES, DELETE}
    assert set(boxes_of(printer.authorize(scope=EVERYTHING, prompt="consent"))) == {READ, IMAGES, DELETE}
    assert not Consent.objects.exists()


def test_scopes_that_were_taken_from_the_application_meanwhile_are_refused(printer: OAuthClient) -> None:
    printer.decide(scope=EVERYTHING)
    transaction = printer.authorize(scope=EVERYTHING, prompt="consent").context["transaction"]
    Application.objects.update(scopes=[READ, IMAGES], required_scopes=[])

    for response in (
        printer.authorize(scope=EVERYTHING),
        printer.decide(transaction=transaction, scope=EVERYTHING, prompt="consent"),
    ):
        assert answer(response)["error"] == "invalid_scope"
