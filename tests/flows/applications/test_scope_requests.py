"""Scope requests: a developer asks with a reason, staff decide once, and nothing is granted until then."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from oauthcore.flows.applications.scope_requests import approve, ask, refuse, scopes_of
from oauthcore.models import Application, ScopeRequest, SecurityEvent
from tests.support.factories import UserFactory, register

pytestmark = pytest.mark.django_db

REASON = "We print the albums that people order with us."
SCOPES = {
    "read": {"description": "Read your profile"},
    "post": {"description": "Post in your name"},
    "albums": {"description": "See your albums", "level": "approval"},
    "albums:order": {"description": "Order prints of your albums", "level": "approval"},
    "bundle": {"description": "All of your albums", "includes": ["albums"]},
    "admin": {"description": "Run this place", "level": "staff"},
}


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False, "SCOPES": SCOPES}


@pytest.fixture
def owner() -> Any:
    return UserFactory()


@pytest.fixture
def staff() -> Any:
    return UserFactory(is_staff=True)


@pytest.fixture
def application(owner: Any) -> Application:
    return register(owner=owner, scopes=["read"]).application


def asked_for(application: Application, scope: str = "albums", reason: str = REASON) -> ScopeRequest:
    return ask(application, scope=scope, reason=reason, user=application.owner)


def has(application: Application) -> set[str]:
    application.refresh_from_db()
    return set(application.scopes)


def recorded() -> list[tuple[str, str, str, str]]:
    return list(
        SecurityEvent.objects.order_by("pk").values_list("kind", "application_ref", "user_ref", "reason")
    )


def refused(application: Application, scope: str = "albums", reason: str = REASON) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refusal:
        asked_for(application, scope, reason)
    return refusal.value.message_dict


@pytest.mark.parametrize("scope", ["albums", "albums:order", "bundle"])
def test_a_scope_that_needs_approval_can_be_asked_for_and_is_not_granted_by_that(application, scope, clock):
    asked = asked_for(application, scope, f"  {REASON}\r\nEvery week.  ")

    assert (asked.state, asked.scope, asked.reason) == ("waiting", scope, f"{REASON}\nEvery week.")
    assert has(application) == {"read"}
    assert recorded() == [
        ("scope_requested", application.client_id, str(application.owner_id), f"scope: {scope}")
    ]


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("post", "needs no approval"),
        ("read", "has this scope already"),
        ("admin", "Only staff can give it"),
        ("nonsense", "Choose one of the scopes"),
        ("albums:nonsense", "Choose one of the scopes"),
        ("", "Choose one of the scopes"),
        ("x" * 300, "Choose one of the scopes"),
    ],
)
def test_any_other_scope_is_refused_in_words(application, scope, words):
    assert words in refused(application, scope)["scope"][0]
    assert not ScopeRequest.objects.exists()
    assert recorded() == []


def test_what_the_application_has_through_another_scope_needs_no_asking(application):
    Application.objects.update(scopes=["bundle"])

    assert "has this scope already" in refused(application, "albums:order")["scope"][0]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("", "at least 20"),
        ("x" * 19, "at least 20"),
        (" " * 30, "at least 20"),
        ("x" * 2001, "at most 2000"),
    ],
)
def test_a_reason_says_neither_too_little_nor_too_much(application, reason, words):
    assert words in refused(application, reason=reason)["reason"][0]
    assert not ScopeRequest.objects.exists()


def test_line_breaks_as_browsers_send_them_count_once(application):
    assert len(asked_for(application, reason="\r\n".join("x" * 1000)).reason) == 1999


def test_all_that_is_wrong_is_said_at_once(application):
    assert set(refused(application, "admin", "short")) == {"scope", "reason"}


def test_what_is_waiting_cannot_be_asked_for_again(application):
    first = asked_for(application)

    assert "already" in refused(application, reason=REASON * 2)["scope"][0]
    assert ScopeRequest.objects.get().reason == first.reason
    assert len(recorded()) == 1


def test_approval_gives_the_application_the_scope(application, staff, clock):
    asked = asked_for(application)
    clock.shift(60)

    assert approve(asked, staff=staff, answer="Welcome.")

    asked.refresh_from_db()
    assert has(application) == {"read", "albums"}
    assert (asked.state, asked.decided_by, asked.answer) == ("approved", staff, "Welcome.")
    assert (asked.decided_at - asked.created_at).total_seconds() == 60
    assert recorded()[1:] == [("scope_approved", application.client_id, str(staff.pk), "scope: albums")]


def test_refusal_gives_nothing_and_says_why(application, staff):
    asked = asked_for(application)

    assert refuse(asked, staff=staff, answer="Say which albums.")

    asked.refresh_from_db()
    assert has(application) == {"read"}
    assert (asked.state, asked.decided_by, asked.answer) == ("refused", staff, "Say which albums.")
    assert recorded()[1:] == [("scope_refused", application.client_id, str(staff.pk), "scope: albums")]


def test_what_was_refused_can_be_asked_for_again_and_the_old_answer_is_gone(application, staff, clock):
    refuse(asked_for(application), staff=staff, answer="Say which albums.")
    clock.shift(60)

    again = asked_for(application, reason=f"{REASON} Those they order.")

    assert (again.state, again.answer, again.decided_by, again.decided_at) == ("waiting", "", None, None)
    assert again.reason.endswith("Those they order.")
    assert ScopeRequest.objects.count() == 1
    assert approve(again, staff=staff)


def test_what_was_approved_and_given_up_can_be_asked_for_again(application, staff):
    approve(asked_for(application), staff=staff)
    Application.objects.update(scopes=["read"])

    assert asked_for(application).state == "waiting"
    assert has(application) == {"read"}


def test_nobody_asks_for_an_application_that_was_deleted(application):
    Application.objects.update(deleted_at=timezone.now())

    with pytest.raises(Application.DoesNotExist):
        asked_for(application)

    assert not ScopeRequest.objects.exists()


@pytest.mark.parametrize("first", [approve, refuse])
@pytest.mark.parametrize("second", [approve, refuse])
def test_a_request_is_decided_once(application, staff, first, second):
    asked = asked_for(application)
    first(asked, staff=staff, answer="First.")
    before = has(application), ScopeRequest.objects.values().get(), recorded()

    assert not second(asked, staff=UserFactory(), answer="Second.")

    assert (has(application), ScopeRequest.objects.values().get(), recorded()) == before


@pytest.mark.parametrize("decide", [approve, refuse])
def test_nothing_is_decided_for_an_application_that_was_deleted(application, staff, decide, clock):
    asked = asked_for(application)
    application.owner.delete()

    assert not decide(asked, staff=staff)
    assert ScopeRequest.objects.get().state == "waiting"


def test_a_scope_that_the_site_has_no_more_is_not_approved(application, staff, settings):
    asked = asked_for(application)
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": {"read": "Read"}}

    with pytest.raises(ValidationError, match="no scope albums any more"):
        approve(asked, staff=staff)

    assert has(application) == {"read"}
    assert refuse(asked, staff=staff)


def test_approval_keeps_what_the_application_came_by_meanwhile(application, staff):
    asked = asked_for(application)
    Application.objects.update(scopes=["read", "post"])

    approve(asked, staff=staff)

    assert has(application) == {"read", "post", "albums"}


def test_every_scope_of_the_site_is_listed_once_by_how_the_application_would_come_by_it(application):
    waiting = asked_for(application)

    found = scopes_of(application)

    assert (found.has, found.open, found.staff) == (["read"], ["post"], ["admin"])
    assert found.approval == ["albums", "albums:order", "bundle"]
    assert found.requests == {"albums": waiting}


def test_what_is_included_in_what_it_has_is_not_listed_as_lacking(application, staff):
    approve(asked_for(application, "bundle"), staff=staff)
    application.refresh_from_db()

    found = scopes_of(application)

    assert (found.has, found.approval) == (["read", "bundle"], [])


def test_a_scope_that_the_site_has_no_more_is_listed_as_long_as_the_application_has_it(application):
    Application.objects.update(scopes=["read", "gone"])
    application.refresh_from_db()

    assert scopes_of(application).has == ["read", "gone"]
