"""Who may answer the page of a device: the person it was shown to, in the same login, once, in time."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import Application, Consent, DeviceAuthorization, Grant, SecurityEvent
from tests.support.devices.television import PAGE, Television, Viewer, register_television
from tests.support.factories import register
from tests.support.oauth import with_person

pytestmark = pytest.mark.django_db


def grants() -> int:
    return Grant.objects.count()


def refused(answer) -> bool:
    """Return whether a page was no longer valid, and gave nothing."""
    return answer.status_code == 400 and "no longer valid" in answer.content.decode()


class TestWhoMayAnswer:
    @pytest.mark.rfc("8628", "5.4")
    def test_not_another_person_than_the_one_who_looked(self, television, viewer):
        page = viewer.type(television.user_code)

        assert refused(Viewer().answer(page))
        assert grants() == 0
        assert viewer.answer(page).status_code == 303

    def test_not_a_person_who_has_logged_in_again_since(self, television, viewer):
        page = viewer.type(television.user_code)
        viewer.browser.force_login(viewer.user)

        assert refused(viewer.answer(page))

    def test_a_second_answer_is_told_that_it_changed_nothing_and_led_back_to_the_code(
        self, television, viewer
    ):
        page = viewer.type(television.user_code)
        viewer.answer(page)

        again = viewer.answer(page)

        assert refused(again)
        assert "Nothing was changed." in again.content.decode()
        assert f'href="{PAGE}"' in again.content.decode()
        assert grants() == 1

    def test_not_without_having_looked(self, television, viewer):
        form = {"user_code": television.user_code, "decision": "approve", "scope": "read"}

        assert refused(viewer.browser.post(PAGE, form))
        assert refused(viewer.browser.post(f"{PAGE}?user_code={television.user_code}", form))
        assert grants() == 0

    def test_not_with_the_page_of_another_device(self, television, viewer):
        other = Television(television.registered)
        other.begin()
        page = viewer.type(other.user_code)

        assert refused(viewer.answer(page, user_code=television.user_code))
        assert grants() == 0

    def test_not_with_the_consent_page_of_the_same_application(self, clock, viewer):
        registered = register(
            grant_types=["authorization_code", *register_television().application.grant_types]
        )
        television = Television(registered)
        television.begin()
        consent = with_person(registered, viewer.user)
        consent.browser = viewer.browser
        page = viewer.type(television.user_code)

        assert refused(viewer.answer(page, transaction=consent.authorize().context["transaction"]))

    @pytest.mark.parametrize("decision", ["approve", "deny"])
    @pytest.mark.parametrize("first", ["approve", "deny"])
    def test_not_twice(self, first, decision, television, viewer):
        page = viewer.type(television.user_code)
        viewer.answer(page, first)

        assert refused(viewer.answer(page, decision))
        assert grants() == (first == "approve")

    @pytest.mark.parametrize("decision", ["approve", "deny"])
    def test_not_after_somebody_else_has(self, decision, television, viewer):
        other = Viewer()
        mine, theirs = viewer.type(television.user_code), other.type(television.user_code)
        other.answer(theirs)

        assert refused(viewer.answer(mine, decision))
        assert Grant.objects.get().user == other.user

    @pytest.mark.rfc("8628", "3.5")
    @pytest.mark.parametrize("decision", ["approve", "deny"])
    def test_not_after_it_has_expired(self, decision, television, viewer, clock):
        page = viewer.type(television.user_code)
        clock.shift(599)
        assert viewer.type(television.user_code).status_code == 200
        clock.shift(1)

        assert refused(viewer.answer(page, decision))
        assert viewer.type(television.user_code).status_code == 400
        assert grants() == 0

    @pytest.mark.parametrize("decision", ["approve", "deny"])
    def test_not_when_it_was_answered_or_expired_while_the_answer_was_under_way(
        self, decision, television, viewer, monkeypatch
    ):
        page = viewer.type(television.user_code)
        monkeypatch.setattr(DeviceAuthorization, "is_waiting", lambda self, now: True)
        DeviceAuthorization.objects.update(denied_at="2030-01-01T00:00Z")

        assert refused(viewer.answer(page, decision))
        assert (grants(), Consent.objects.count(), SecurityEvent.objects.count()) == (0, 0, 0)

    @pytest.mark.parametrize("changes", [{"is_enabled": False}, {"is_suspended": True}])
    def test_not_for_an_application_that_was_switched_off(self, changes, television, viewer):
        page = viewer.type(television.user_code)
        Application.objects.update(**changes)

        assert refused(viewer.answer(page))
        assert viewer.type(television.user_code).status_code == 400

    def test_not_by_somebody_for_whom_the_site_does_not_vouch(self, television, viewer, monkeypatch):
        page = viewer.type(television.user_code)
        backend = "reference_site.accounts.backend.MembershipBackend.is_live_user"
        monkeypatch.setattr(backend, lambda self, user: False)

        assert refused(viewer.answer(page))
        assert grants() == 0

    @pytest.mark.parametrize(
        "changes",
        [
            {"decision": "perhaps"},
            {"user_code": None},
            {"user_code": "BBBB-BBBB"},
            {"transaction": None},
            {"transaction": "x"},
            {"scope": ["read", "api.images.read"]},
        ],
    )
    def test_not_with_a_form_that_was_not_shown(self, changes, television, viewer):
        page = viewer.type(television.user_code)

        assert refused(viewer.answer(page, **changes))
        assert grants() == 0

    def test_not_from_another_site(self, television, viewer):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(viewer.user)

        assert browser.post(PAGE, {"user_code": television.user_code}).status_code == 403
