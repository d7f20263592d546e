"""Ending what has access to oneself: one thing or all of its sort, one's own only."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from oauthcore.models import Application, Consent, Grant, SecurityEvent
from tests.support.factories import UserFactory, bearer, device_session
from tests.support.oauth import OAuthClient, answer, is_live
from tests.support.pages.reading import text_of

PATH = "/oauth/connections/"


def end(browser: Client, **button: Any) -> Any:
    """Press a button of the page."""
    return browser.post(PATH, button)


def after(browser: Client, response: Any) -> str:
    """Go where a form leads, and read what is there."""
    assert response.status_code == 303, response.content
    return text_of(browser.get(response["Location"]))


def number_of(oauth: OAuthClient) -> int:
    return oauth.registered.application.pk


class TestEnding:
    """What a button ends, is over at the next request."""

    def test_an_application_that_is_ended_is_out_at_once_and_has_to_ask_again(
        self, printer: OAuthClient, atomic_requests: bool
    ) -> None:
        first, second = printer.tokens(), printer.tokens(scope="api.images.read")
        waiting = printer.code()

        said = after(printer.browser, end(printer.browser, application=number_of(printer)))

        assert "You have ended the access of \u2068Photo Printer\u2069." in said
        assert "No application has access to your account." in said
        for tokens in (first, second):
            assert not is_live(tokens["access_token"])
            assert printer.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
        assert printer.redeem(waiting).json()["error"] == "invalid_grant"
        assert answer(printer.authorize(prompt="none"))["error"] == "consent_required"

    def test_it_leaves_one_event(self, printer: OAuthClient, ada: Any) -> None:
        printer.tokens()

        for _ in range(2):
            assert end(printer.browser, application=number_of(printer)).status_code == 303

        event = SecurityEvent.objects.get(kind=SecurityEvent.Kind.CONSENT_WITHDRAWN)
        assert event.reason == "ended by the person; grants ended: 1"
        assert (event.user_ref, event.application_ref) == (str(ada.pk), printer.registered.client_id)

    def test_other_applications_and_other_people_are_left_alone(self, printer: OAuthClient, ada: Any) -> None:
        printer.tokens()
        others = [bearer(user=ada), bearer(application=printer.registered.application)]

        end(printer.browser, application=number_of(printer))

        assert all(map(is_live, others))

    def test_one_that_is_switched_off_can_be_ended(self, printer: OAuthClient) -> None:
        printer.tokens()
        Application.objects.update(is_enabled=False)

        end(printer.browser, application=number_of(printer))

        assert not Consent.objects.exists()

    def test_all_applications_can_be_ended_with_one_button(self, printer: OAuthClient, ada: Any) -> None:
        tokens = [printer.tokens()["access_token"], bearer(user=ada), bearer(user=ada)]
        phone, somebody_elses = device_session(ada), bearer()

        said = after(printer.browser, end(printer.browser, all="applications"))

        assert "You have ended the access of all applications" in said
        assert not any(map(is_live, tokens))
        assert is_live(somebody_elses)
        assert Grant.objects.get(pk=phone.pk).revoked_at is None
        assert SecurityEvent.objects.filter(kind=SecurityEvent.Kind.CONSENT_WITHDRAWN).count() == 3

    def test_a_device_can_be_signed_out(self, printer: OAuthClient, ada: Any) -> None:
        phone, tablet = device_session(ada), device_session(ada, label="")

        said = after(printer.browser, end(printer.browser, device=phone.uuid))

        assert "You have signed out \u2068Phone\u2069." in said
        assert "A device without a name" in said
        assert set(Grant.objects.filter(revoked_at=None)) == {tablet}
        assert SecurityEvent.objects.get().grant_uuid == phone.uuid
        assert "You have signed out the device." in after(
            printer.browser, end(printer.browser, device=tablet.uuid)
        )

    def test_all_devices_can_be_signed_out_with_one_button(self, printer: OAuthClient, ada: Any) -> None:
        token, somebody_elses = printer.tokens()["access_token"], device_session(UserFactory())
        sessions = [device_session(ada), device_session(ada)]

        said = after(printer.browser, end(printer.browser, all="devices"))

        assert "You have signed out all devices." in said
        assert set(Grant.objects.filter(kind="session", revoked_at=None)) == {somebody_elses}
        assert is_live(token)
        assert SecurityEvent.objects.filter(kind=SecurityEvent.Kind.REVOKED).count() == len(sessions)


class TestRefusals:
    """What is not the person's own is not there; a button that the page does not have does nothing."""

    def test_what_belongs_to_others_is_not_found(self, printer: OAuthClient, ada: Any) -> None:
        theirs = UserFactory()
        token, phone = bearer(user=theirs), device_session(theirs)
        application = Grant.objects.get(kind="application")
        Consent.objects.create(user=theirs, application=application.application, scopes=["read"])

        for button in ({"application": application.application_id}, {"device": phone.uuid}):
            assert end(printer.browser, **button).status_code == 404
        assert is_live(token)
        assert Consent.objects.exists()
        assert Grant.objects.get(pk=phone.pk).revoked_at is None

    @pytest.mark.parametrize("kind", ["application", "device"])
    def test_a_grant_of_one_kind_is_not_ended_by_the_button_of_another(
        self, printer: OAuthClient, ada: Any, kind: str
    ) -> None:
        token = printer.tokens()["access_token"]

        assert end(printer.browser, device=Grant.objects.get().uuid).status_code == 404
        assert is_live(token)

    @pytest.mark.parametrize(
        "button",
        [
            {},
            {"application": ""},
            {"application": "0"},
            {"application": "\N{ARABIC-INDIC DIGIT ONE}"},
            {"application": "-1"},
            {"application": "9" * 400},
            {"application": "1\x00"},
            {"application": ["1", "2"]},
            {"device": ""},
            {"device": "\x00"},
            {"device": "x" * 40},
            {"device": str(uuid4())},
            {"all": ""},
            {"all": "grants"},
            {"all": ["applications", "devices"]},
            {"all": "devices", "application": "1"},
        ],
    )
    def test_a_button_the_page_does_not_have_is_not_found(
        self, printer: OAuthClient, ada: Any, button: dict[str, Any]
    ) -> None:
        token, _ = printer.tokens()["access_token"], device_session(ada)

        assert end(printer.browser, **button).status_code == 404

        assert is_live(token)
        assert not Grant.objects.exclude(revoked_at=None).exists()

    def test_a_form_from_elsewhere_ends_nothing(self, printer: OAuthClient) -> None:
        token = printer.tokens()["access_token"]
        browser = Client(enforce_csrf_checks=True)
        browser.cookies = printer.browser.cookies

        assert end(browser, all="applications").status_code == 403
        assert is_live(token)

    def test_whoever_is_not_logged_in_ends_nothing(self, printer: OAuthClient) -> None:
        token = printer.tokens()["access_token"]

        assert end(Client(), all="applications")["Location"].startswith("/login")
        assert is_live(token)

    def test_looking_is_not_ending(self, printer: OAuthClient) -> None:
        token = printer.tokens()["access_token"]

        printer.browser.get(PATH, {"all": "applications", "application": number_of(printer)})

        assert is_live(token)

    @pytest.mark.parametrize("forged", ["application", "1", "Photo Printer", "\x00", "a:b:c"])
    def test_nobody_can_make_the_page_say_that_something_was_ended(
        self, printer: OAuthClient, forged: str
    ) -> None:
        said = text_of(printer.browser.get(PATH, {"note": forged}))

        assert "You have" not in said

    def test_what_was_said_to_one_person_is_not_said_to_another_nor_for_long(
        self, printer: OAuthClient, ada: Any, clock: Any
    ) -> None:
        printer.browser.force_login(ada)
        printer.tokens()
        address = end(printer.browser, all="applications")["Location"]
        assert "You have ended" in text_of(printer.browser.get(address))

        clock.shift(301)
        assert "You have ended" not in text_of(printer.browser.get(address))
        clock.shift(-301)
        printer.browser.force_login(UserFactory())
        assert "You have ended" not in text_of(printer.browser.get(address))
