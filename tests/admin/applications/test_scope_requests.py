"""Scope requests in the admin: who sees them, what staff decide by."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.flows.applications.scope_requests import refuse
from oauthcore.models import Application, ScopeRequest
from tests.support.admin.deciding import DECIDERS, SCOPES, address, decide_together, has, states
from tests.support.admin.deciding import REQUESTS as LIST
from tests.support.factories import register
from tests.support.pages.reading import text_of

pytestmark = pytest.mark.django_db


def test_the_list_says_who_would_like_what_and_why(decider, asked):
    words = text_of(decider.get(LIST))

    for word in ("Photo Printer", "See your albums albums", "Needs approval", "Waiting for staff"):
        assert word in words
    assert "We print &lt;b&gt;albums&lt;/b&gt;" in words


def test_what_is_waiting_stands_first(decider, asked, second):
    refuse(asked, staff=decider.user)

    assert list(decider.get(LIST).context["cl"].queryset) == [second, asked]


@pytest.mark.parametrize(
    "chosen",
    [
        {"state__exact": "waiting"},
        {"scope": "orders"},
        {"level": "staff"},
        {"application__id__exact": "other"},
        {"q": "orders"},
        {"q": "Other"},
    ],
)
def test_the_list_can_be_narrowed(decider, asked, chosen, settings):
    refuse(asked, staff=decider.user)
    other = register(name="Other", scopes=["read"]).application
    wanted = ScopeRequest.objects.create(application=other, scope="orders", reason="And send them home.")
    if "level" in chosen:
        changed = {**SCOPES, "orders": {"description": "Order prints", "level": "staff"}}
        settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": changed}
    chosen = {name: other.pk if value == "other" else value for name, value in chosen.items()}

    assert list(decider.get(LIST, chosen).context["cl"].queryset) == [wanted]


@pytest.mark.parametrize("level", ["open", "nonsense"])
def test_a_filter_by_a_level_nobody_asked_for_is_answered(decider, asked, level):
    found = decider.get(LIST, {"level": level}).context["cl"].queryset

    assert list(found) == ([] if level == "open" else [asked])


def test_the_page_of_a_request_shows_what_staff_decide_by(decider, asked):
    words = text_of(decider.get(address(asked)))

    for word in (
        "Photo Printer",
        "grace",
        "Read your profile read",
        "See your albums albums",
        "Needs approval",
    ):
        assert word in words
    assert "We print &lt;b&gt;albums&lt;/b&gt; that people order." in words


def test_a_decided_request_has_no_buttons(decider, asked):
    refuse(asked, staff=decider.user, answer="Say which albums.")

    page = decider.get(address(asked))

    assert "Say which albums." in text_of(page)
    assert b"_approve" not in page.content
    assert b"<textarea" not in page.content


def test_what_a_deleted_application_was_waiting_for_is_out_of_sight(decider, asked, second):
    refuse(second, staff=decider.user)
    Application.objects.update(deleted_at=timezone.now())

    assert list(decider.get(LIST).context["cl"].queryset) == [second]
    assert decider.post(address(asked), {"_approve": "x"}).status_code == 302
    assert states() == ["waiting", "refused"]


def test_nothing_is_added_or_deleted_here(staff, asked):
    browser = staff(*DECIDERS, "add_scoperequest", "delete_scoperequest")

    assert browser.get(f"{LIST}add/").status_code == 403
    assert browser.post(f"{LIST}{asked.pk}/delete/", {"post": "yes"}).status_code == 403
    decide_together(browser, "delete", asked, post="yes")
    assert ScopeRequest.objects.exists()


@pytest.mark.parametrize("decision", ["_approve", "_refuse"])
def test_who_may_only_view_decides_nothing(staff, asked, asking, decision):
    browser = staff("view_scoperequest")

    page = browser.get(address(asked))
    assert "We print" in text_of(page)
    assert b"_approve" not in page.content
    assert b"approve_selected" not in browser.get(LIST).content
    assert browser.post(address(asked), {decision: "x"}).status_code == 403
    for action in ("approve", "refuse"):
        assert decide_together(browser, action, asked, confirmed="yes").status_code == 403
    assert states() == ["waiting"]
    assert has(asking) == {"read"}


@pytest.mark.parametrize("codenames", [[], ["view_application", "change_application"]])
def test_staff_without_the_permission_see_and_decide_nothing(staff, asked, codenames):
    browser = staff(*codenames)

    for path in (LIST, address(asked)):
        assert browser.get(path).status_code == 403
        assert browser.post(path, {"_approve": "x"}).status_code == 403
    assert decide_together(browser, "approve", asked, confirmed="yes").status_code == 403
    assert states() == ["waiting"]


def test_whoever_is_no_staff_decides_nothing_whatever_their_permissions(staff, asked):
    browser = staff(*DECIDERS, is_staff=False)

    assert browser.post(address(asked), {"_approve": "x"}).status_code == 302
    assert browser.post(LIST, {"action": "approve_selected", "_selected_action": asked.pk}).status_code == 302
    assert states() == ["waiting"]


def test_another_site_cannot_decide(decider, asked):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(decider.user)

    assert browser.post(address(asked), {"_approve": "x"}).status_code == 403
    assert states() == ["waiting"]


def test_the_list_costs_a_constant_number_of_statements(decider, django_assert_max_num_queries):
    for number in range(10):
        other = register(name=f"Printer {number}", scopes=["read"]).application
        ScopeRequest.objects.create(application=other, scope="albums", reason="Because.")

    with django_assert_max_num_queries(10):
        assert decider.get(LIST).status_code == 200


def test_the_page_of_a_request_names_the_scope_and_the_application(decider, asked):
    assert "albums for Photo Printer" in text_of(decider.get(address(asked)))


def test_naming_the_applications_to_decide_about_costs_a_constant_number_of_statements(
    decider, asking, django_assert_max_num_queries
):
    asked = [
        ScopeRequest.objects.create(
            application=register(name=f"Printer {number}", scopes=["read"]).application,
            scope="albums",
            reason="Because.",
        )
        for number in range(10)
    ]

    with django_assert_max_num_queries(12):
        assert "Printer 9" in text_of(decide_together(decider, "approve", *asked))
