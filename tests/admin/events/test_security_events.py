"""Security events in the admin: read and found, never added, changed or deleted."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from oauthcore.models import SecurityEvent
from tests.support.admin.tokens import made
from tests.support.factories import UserFactory, open_grant
from tests.support.pages.reading import text_of
from tests.support.reference_site.factories import AccountFactory

pytestmark = pytest.mark.django_db

EVENTS = "/admin/oauthcore/securityevent/"


def address(event, act="change"):
    return f"{EVENTS}{event.pk}/{act}/"


def event(**values):
    return SecurityEvent.objects.create(**{"kind": "request_refused", **values})


@pytest.fixture
def viewer(staff):
    return staff("view_securityevent")


@pytest.fixture
def heidi(db):
    return UserFactory(username="heidi")


@pytest.fixture
def whole(heidi, application):
    """An event that names everything an event can name."""
    return event(
        kind="revoked",
        reason="by staff: lost phone",
        request_id="5f0c",
        address="203.0.113.7",
        user_ref=str(heidi.pk),
        application_ref=application.client_id,
        grant_uuid=uuid4(),
    )


def listed(browser, **query):
    return list(browser.get(EVENTS, query).context["cl"].result_list)


def test_the_list_and_the_page_say_who_what_when_and_from_where(viewer, whole):
    for path in (EVENTS, address(whole)):
        words = text_of(viewer.get(path))
        for word in ("Access revoked", "by staff: lost phone", "heidi", "Photo Printer", "203.0.113.7"):
            assert word in words
    for word in ("5f0c", str(whole.grant_uuid)):
        assert word in text_of(viewer.get(address(whole)))


def test_what_is_gone_is_named_by_the_value_the_event_holds(viewer):
    lost = event(user_ref="987654", application_ref="gone-client")
    odd = event(user_ref="no number")

    for path in (EVENTS, address(lost)):
        assert "987654" in text_of(viewer.get(path))
        assert "gone-client" in text_of(viewer.get(path))
    assert "no number" in text_of(viewer.get(address(odd)))


@pytest.mark.parametrize(
    "query", ["5f0c", "203.0.113.7", "heidi", "user", "Photo Printer", "client_id", "grant", " grant "]
)
def test_an_event_is_found_by_all_it_names(viewer, whole, query):
    event(request_id="other", address="203.0.113.70", grant_uuid=uuid4())
    known = {"user": whole.user_ref, "client_id": whole.application_ref, "grant": str(whole.grant_uuid)}

    assert listed(viewer, q=known.get(query.strip(), query)) == [whole]


@pytest.mark.parametrize("query", ["5F0C", "HEIDI", "Heidi", "photo PRINTER", "CLIENT_ID", "GRANT"])
def test_a_search_takes_any_case(viewer, whole, query):
    known = {"CLIENT_ID": whole.application_ref.upper(), "GRANT": str(whole.grant_uuid).upper()}

    assert listed(viewer, q=known.get(query, query)) == [whole]


def test_a_login_with_a_capital_is_found_in_small_letters(viewer):
    spelled = event(user_ref=str(UserFactory(username="Judy").pk))

    assert listed(viewer, q="judy") == [spelled]


def test_a_search_for_what_no_event_names_finds_nothing(viewer, whole):
    assert listed(viewer, q="5f0") == []
    assert listed(viewer, q="  ") == [whole]


def test_the_list_can_be_narrowed_by_kind_and_date(viewer, whole):
    old = event(kind="signed_in", at=timezone.now() - timedelta(days=40))

    assert listed(viewer, kind__exact="signed_in") == [old]
    assert listed(viewer, at__gte=str(timezone.now() - timedelta(days=1))) == [whole]
    assert listed(viewer, at__year=old.at.year, at__month=old.at.month, at__day=old.at.day) == [old]
    assert listed(viewer) == [whole, old]


def test_the_page_leads_to_what_it_names_for_who_may_see_that(staff, whole):
    token, _ = made(AccountFactory(), label="Nightly export")
    grant = open_grant()
    of_token, of_grant = event(grant_uuid=token.uuid), event(grant_uuid=grant.uuid)
    browser = staff("view_securityevent", "view_servicetoken", "view_grant", "view_application")

    assert (
        f'/servicetoken/{token.pk}/change/">Nightly export' in browser.get(address(of_token)).content.decode()
    )
    assert f"/grant/{grant.pk}/change/" in browser.get(address(of_grant)).content.decode()
    assert "/application/" in browser.get(address(whole)).content.decode()
    blind = staff("view_securityevent").get(address(of_token)).content.decode()
    assert "/servicetoken/" not in blind


@pytest.mark.parametrize("screen", ["servicetoken", "grant"])
def test_a_token_and_a_grant_lead_to_their_events_for_who_may_see_those(staff, screen):
    row = made(AccountFactory())[0] if screen == "servicetoken" else open_grant()
    path = f"/admin/oauthcore/{screen}/{row.pk}/change/"

    assert (
        f"{EVENTS}?q={row.uuid}" in staff(f"view_{screen}", "view_securityevent").get(path).content.decode()
    )
    assert EVENTS not in staff(f"view_{screen}").get(path).content.decode()


@pytest.mark.parametrize(
    ("rights", "may_view"),
    [
        ((), False),
        (("view_securityevent",), True),
        (("change_securityevent",), True),
        (("add_securityevent", "delete_securityevent"), False),
        (("view_grant", "view_application"), False),
    ],
)
def test_nothing_is_added_changed_or_deleted_whatever_somebody_may(staff, whole, rights, may_view):
    browser = staff(*rights)
    before = SecurityEvent.objects.values().get()

    for path in (EVENTS, address(whole), address(whole, "history")):
        assert (browser.get(path).status_code == 200) == may_view
    for path in (EVENTS, f"{EVENTS}add/", address(whole), address(whole, "delete")):
        sent = {"reason": "x", "post": "yes", "action": "delete_selected", "_selected_action": whole.pk}
        assert browser.post(path, sent).status_code == 403
    assert SecurityEvent.objects.values().get() == before


def test_whoever_is_no_staff_is_sent_away_whatever_their_permissions(staff, whole):
    browser = staff("view_securityevent", "change_securityevent", is_staff=False)

    assert browser.get(EVENTS).status_code == 302
    assert browser.get(address(whole)).status_code == 302


def test_a_hundred_events_cost_as_many_statements_as_one(viewer, application, django_assert_max_num_queries):
    for _number in range(100):
        event(user_ref=str(UserFactory().pk), application_ref=application.client_id, grant_uuid=uuid4())

    with django_assert_max_num_queries(11):
        assert len(listed(viewer)) == 50
