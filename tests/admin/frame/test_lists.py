"""What all lists of the admin share: they count up to a limit, find one day, and refuse what is no filter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.admin.frame import lists, searching
from oauthcore.admin.frame.oversight import OversightAdmin
from oauthcore.models import SecurityEvent
from tests.support.factories import open_grant, register
from tests.support.pages.reading import text_of

pytestmark = pytest.mark.django_db

EVENTS = "/admin/oauthcore/securityevent/"


def listed(browser, **query):
    return list(browser.get(EVENTS, query).context["cl"].result_list)


def event(**values):
    return SecurityEvent.objects.create(**{"kind": "signed_in", **values})


def test_a_list_counts_up_to_a_limit_and_says_that_there_is_more(staff, monkeypatch):
    monkeypatch.setattr(lists, "MOST_COUNTED", 3)
    viewer = staff("view_securityevent")
    events = [event() for _number in range(3)]
    assert "There are more" not in text_of(viewer.get(EVENTS))

    event(kind="revoked")

    assert "There are more. The list shows only the first 3" in text_of(viewer.get(EVENTS))
    assert set(listed(viewer, kind__exact="signed_in")) == set(events)


def test_one_day_can_be_chosen_and_the_other_filters_stay(staff, clock):
    viewer = staff("view_securityevent")
    wanted = event(at=timezone.now() - timedelta(days=3))
    event(at=timezone.now() - timedelta(days=3), kind="revoked")
    event(at=timezone.now() - timedelta(days=2))
    day = str(wanted.at.date())

    page = viewer.get(EVENTS, {"at__on": day, "kind__exact": "signed_in"})

    assert list(page.context["cl"].result_list) == [wanted]
    html = page.content.decode()
    assert f'<input type="date" name="at__on" value="{day}"' in html
    assert '<input type="hidden" name="kind__exact" value="signed_in">' in html
    assert '<a href="?kind__exact=signed_in">Any day</a>' in html


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "9999-12-31", "0000-00-00"])
def test_what_is_no_day_leads_back_to_the_whole_list(staff, day):
    answer = staff("view_securityevent").get(EVENTS, {"at__on": day})

    assert (answer.status_code, answer["Location"]) == (302, f"{EVENTS}?e=1")


@pytest.mark.filterwarnings("ignore:DateTimeField .* received a naive datetime:RuntimeWarning")
@pytest.mark.parametrize("screen", ["consent", "grant", "securityevent"])
@pytest.mark.parametrize(
    "lookup", ["__year", "__year__gte", "__iso_year", "__date", "__gte", "__week_day", "__on"]
)
@pytest.mark.parametrize("value", ["99999999999", "-1", "0", "1e400", "0001-01-01", "9999-12-31", "٣"])
def test_a_time_that_no_calendar_has_is_no_server_error(staff, screen, lookup, value):
    open_grant()
    event()
    times = {"consent": "updated_at", "securityevent": "at"}

    answer = staff(f"view_{screen}").get(
        f"/admin/oauthcore/{screen}/", {times.get(screen, "created_at") + lookup: value}
    )

    assert answer.status_code < 500


@pytest.mark.parametrize(
    "screen",
    ["application", "consent", "grant", "scoperequest", "securityevent", "servicetoken", "totpfactor"],
)
def test_no_list_counts_the_rows_of_each_choice(staff, screen):
    event()
    page = staff(f"view_{screen}").get(f"/admin/oauthcore/{screen}/?_facets=True")

    assert page.status_code == 200
    assert "Show counts" not in text_of(page)
    assert "Hide counts" not in text_of(page)


APPLICATIONS = "/admin/oauthcore/application/"


def test_a_search_that_means_more_than_is_looked_for_says_so(staff, monkeypatch):
    monkeypatch.setattr(searching, "MOST_MEANT", 2)
    viewer = staff("view_application")
    for name in ("printer 1", "Printer 2"):
        register(name=name)
    assert "matches more than" not in text_of(viewer.get(APPLICATIONS, {"q": "printer"}))

    register(name="Printer 3")

    page = viewer.get(APPLICATIONS, {"q": "printer"})
    assert "The search matches more than 2 applications or devices." in text_of(page)
    assert len(page.context["cl"].result_list) == 2
    assert "matches more than" not in text_of(viewer.get(APPLICATIONS))


def test_of_more_than_is_looked_for_the_first_by_name_are_found_and_the_client_id_always(staff, monkeypatch):
    monkeypatch.setattr(searching, "MOST_MEANT", 2)
    viewer = staff("view_application")
    made = [register(name=name).application for name in ("Printer 3", "printer 1", "Printer 2")]
    named_so = register(name="Zebra", client_id="print").application

    found = viewer.get(APPLICATIONS, {"q": "print"}).context["cl"].result_list

    assert set(found) == {made[1], made[2], named_so}


@pytest.mark.parametrize(("page", "shown"), [("1", [4, 3]), ("2", [2, 1]), ("3", [0])])
def test_a_list_is_leafed_through_in_its_order(staff, monkeypatch, page, shown):
    monkeypatch.setattr(OversightAdmin, "list_per_page", 2)
    monkeypatch.setattr(OversightAdmin, "list_max_show_all", 5)
    events = [event() for _number in range(5)]
    viewer = staff("view_securityevent")

    assert listed(viewer, p=page) == [events[number] for number in shown]
    assert listed(viewer, all="") == events[::-1]


@pytest.mark.parametrize("column", ["id", "at"])
def test_a_range_is_no_filter(staff, column):
    answer = staff("view_securityevent").get(EVENTS, {f"{column}__range": "123"})

    assert answer.status_code == 400


def test_a_comparison_that_some_databases_lack_is_no_error(staff):
    answer = staff("view_grant").get(
        "/admin/oauthcore/grant/", {"allowed_networks__contains": "[]"}, follow=True
    )

    assert answer.status_code == 200
