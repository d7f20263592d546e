"""Who asks under a code: what the page shows, and who may answer it (RFC 8628 §3.3, §5.4)."""

from __future__ import annotations

import pytest

from oauthcore.models import Consent, DeviceAuthorization, Grant, SecurityEvent
from tests.support.devices.television import Television, Viewer, register_server, register_television
from tests.support.pages.reading import boxes_of, text_of
from tests.support.reference_site.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def grants() -> int:
    return Grant.objects.count()


class TestWhatItShows:
    @pytest.mark.rfc("8628", "5.4")
    def test_who_asks_from_where_since_when_and_under_which_code(self, television, viewer, clock):
        clock.shift(130)

        seen = text_of(viewer.type(television.user_code))

        assert "Living Room wants to use your account" in seen
        assert television.user_code in seen
        assert "A device asked for access. Time: 2 minutes ago . Address: 198.51.100.7 ." in seen
        assert "only if the device is in front of you" in seen
        assert "same network" not in seen
        assert viewer.user.username in seen

    def test_the_same_network_is_said(self, clock):
        television = Television(address="203.0.113.9")
        television.begin()

        seen = text_of(Viewer().type(television.user_code))

        assert "Time: just now . Address: 203.0.113.9 . This browser is on the same network." in seen

    def test_an_address_that_nobody_knows(self, television, viewer):
        DeviceAuthorization.objects.update(address="")

        assert "Address: unknown ." in text_of(viewer.type(television.user_code))

    @pytest.mark.parametrize("is_trusted", [False, True])
    def test_it_asks_each_time_whatever_was_approved_before(self, is_trusted, clock, viewer):
        registered = register_server(is_trusted=is_trusted)
        for _ in range(2):
            television = Television(registered)
            television.begin()
            page = viewer.type(television.user_code)
            assert boxes_of(page) == {"read": (True, False)}
            viewer.answer(page)

        assert grants() == 2
        assert Consent.objects.count() == 1

    def test_of_what_was_approved_before_the_new_is_asked(self, clock, viewer):
        registered = register_television()
        first, second = Television(registered), Television(registered)
        first.begin()
        second.begin(scope="read api.images.read")
        viewer.approve(first.user_code)

        page = viewer.type(second.user_code)

        assert list(boxes_of(page)) == ["api.images.read"]
        assert [one["name"] for one in page.context["kept"]] == ["read"]

    def test_it_is_framed_by_nobody_and_kept_nowhere(self, television, viewer):
        page = viewer.type(television.user_code)

        assert page["X-Frame-Options"] == "DENY"
        assert page["Cache-Control"] == "no-store"
        assert "form-action 'self'" in page["Content-Security-Policy"]

    def test_somebody_else_can_go_on_in_place_of_the_person(self, television, viewer):
        page = viewer.type(television.user_code)

        again = viewer.browser.get(page.context["switch_url"])

        assert again.status_code == 200
        assert page.context["switch_url"].endswith(f"user_code%3D{television.user_code}")


class TestTheDecision:
    @pytest.mark.rfc("8628", "3.3")
    def test_yes_opens_a_grant_and_the_person_is_sent_back_to_the_device(self, television, viewer):
        answer = viewer.approve(television.user_code)

        assert answer.status_code == 303
        seen = text_of(viewer.browser.get(answer["Location"]))
        assert "Go back to your device" in seen
        assert "Living Room" in seen
        assert "access. Your device continues" in seen
        grant = Grant.objects.get()
        assert (grant.user, grant.scopes) == (viewer.user, {"read"})
        assert SecurityEvent.objects.filter(kind=SecurityEvent.Kind.CONSENT_GIVEN).count() == 1

    @pytest.mark.rfc("9470", "4")
    @pytest.mark.parametrize("is_on", [False, True])
    def test_the_grant_records_the_login_where_the_site_does(self, is_on, television, viewer, settings):
        settings.OAUTHCORE = {**settings.OAUTHCORE, "STEP_UP": is_on}
        viewer.approve(television.user_code)

        assert (Grant.objects.get().authenticated_at is not None) == is_on

    def test_no_opens_nothing_and_is_said(self, television, viewer):
        answer = viewer.approve(television.user_code, decision="deny")

        assert "no access" in text_of(viewer.browser.get(answer["Location"]))
        assert grants() == 0
        assert SecurityEvent.objects.filter(kind=SecurityEvent.Kind.CONSENT_DENIED).count() == 1

    def test_what_is_cleared_is_not_given(self, viewer, clock):
        television = Television()
        television.begin(scope="read api.images.read")

        viewer.approve(television.user_code, scope=["api.images.read"])

        assert Grant.objects.get().scopes == {"api.images.read"}

    def test_nothing_ticked_is_asked_again(self, television, viewer):
        page = viewer.approve(television.user_code, scope=None)

        assert page.status_code == 400
        assert "Select at least one thing" in page.content.decode()
        assert viewer.answer(page).status_code == 303

    def test_the_person_chooses_the_account(self, television, clock):
        membership = MembershipFactory()
        other = MembershipFactory(user=membership.user)
        viewer = Viewer(membership.user)

        viewer.approve(television.user_code, account=str(other.account.pk))

        assert Grant.objects.get().account_uuid == other.account.pk

    def test_the_connection_can_be_ended_like_any_other(self, television, viewer):
        viewer.approve(television.user_code)
        tokens = television.poll().json()
        seen = text_of(viewer.browser.get("/oauth/connections/"))

        assert "Living Room" in seen
        viewer.browser.post("/oauth/connections/", {"application": str(television.registered.application.pk)})
        assert Grant.objects.get().revoked_at is not None
        assert tokens["access_token"]
