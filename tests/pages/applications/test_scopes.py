"""The scopes page: what an application has, what its developer asks staff for, and what staff said."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.flows.applications.scope_requests import approve, refuse
from oauthcore.models import Application, ScopeRequest, SecurityEvent
from tests.support.factories import UserFactory, register
from tests.support.pages.reading import text_of

pytestmark = pytest.mark.django_db

REASON = "We print the albums that people order with us."
SCOPES = {
    "read": {"description": "Read your profile", "group": "Profile"},
    "post": {"description": "Post in your name", "group": "Profile"},
    "albums": {"description": "See your albums", "group": "Albums", "level": "approval"},
    "albums:order": {"description": "Order prints of your albums", "group": "Albums", "level": "approval"},
    "admin": {"description": "Run this place", "level": "staff"},
}


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": SCOPES, "OPENID_CONNECT": False}


@pytest.fixture
def application(ada: Any) -> Application:
    return register(owner=ada, scopes=["read"]).application


@pytest.fixture
def browser(ada: Any) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def address(application: Application) -> str:
    return f"/oauth/applications/{application.pk}/scopes"


def ask(browser: Client, application: Application, /, **fields: Any) -> Any:
    return browser.post(address(application), {"scope": "albums", "reason": REASON, **fields})


def offered(response: Any) -> list[str]:
    """Return the scopes that the form offers."""
    return [one["name"] for group in response.context["askable_groups"] for one in group["scopes"]]


def test_the_page_says_in_words_what_the_application_has(browser, application):
    Application.objects.update(scopes=["read", "post"], default_scopes=["read"], required_scopes=["post"])

    page = browser.get(address(application))

    words = text_of(page)
    assert "Read your profile Default read" in words
    assert "Post in your name Required post" in words
    assert page["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_the_page_tells_what_can_be_asked_for_from_what_only_staff_give(browser, application):
    page = browser.get(address(application))

    assert offered(page) == ["albums", "albums:order"]
    assert "Scopes that only staff can give" in text_of(page)
    assert "Run this place" in text_of(page).partition("Scopes that only staff can give")[2]
    assert b'value="admin"' not in page.content
    assert b'value="post"' not in page.content


def test_an_application_without_scopes_and_a_site_without_levels_have_a_page_too(
    browser, application, settings
):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": {"read": "Read"}, "DEFAULT_SCOPES": ()}
    Application.objects.update(scopes=[])

    words = text_of(browser.get(address(application)))

    assert "Nothing yet" in words
    assert "Ask staff for more" not in words
    assert "only staff can give" not in words


def test_a_scope_that_the_site_has_no_more_is_marked(browser, application):
    Application.objects.update(scopes=["read", "gone"])

    assert "gone No longer offered" in text_of(browser.get(address(application)))


def test_asking_leads_back_to_the_page_which_says_that_staff_have_to_decide(browser, application):
    answer = ask(browser, application)

    assert answer.status_code == 303
    assert answer["Location"].partition("?")[0] == address(application)
    page = browser.get(answer["Location"])
    assert "Staff have received your request." in text_of(page)
    assert "See your albums albums We print the albums that people order with us. Waiting for staff" in (
        text_of(page)
    )
    assert offered(page) == ["albums:order"]
    application.refresh_from_db()
    assert set(application.scopes) == {"read"}
    assert SecurityEvent.objects.get().kind == "scope_requested"


def test_a_refusal_is_shown_with_its_answer_and_the_scope_offered_again(browser, application):
    ask(browser, application)
    refuse(ScopeRequest.objects.get(), staff=UserFactory(), answer="Say <which> albums.")

    page = browser.get(address(application))

    assert "Staff answered: Say &lt;which&gt; albums." in text_of(page)
    assert "Refused" in text_of(page)
    assert "albums" in offered(page)


def test_an_approved_scope_is_among_those_the_application_has(browser, application):
    ask(browser, application)
    approve(ScopeRequest.objects.get(), staff=UserFactory(), answer="Welcome.")

    page = browser.get(address(application))

    assert "See your albums albums Staff answered: Welcome." in text_of(page)
    assert offered(page) == []
    assert "What you have asked staff for" not in text_of(page)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"reason": "because"}, "reason", "at least 20"),
        ({"reason": "x" * 2001}, "reason", "at most 2000"),
        ({"reason": f"{REASON}\x00"}, "reason", "Null characters"),
        ({"scope": ""}, "scope", "Choose one"),
        ({"scope": "nonsense"}, "scope", "Choose one"),
        ({"scope": "alb\x00ums"}, "scope", "Null characters"),
        ({"scope": "admin"}, "scope", "Only staff can give it"),
        ({"scope": "post"}, "scope", "needs no approval"),
        ({"scope": "read"}, "scope", "already"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    browser, application, fields, field, words
):
    page = ask(browser, application, **{"reason": f"{REASON} <b>", **fields})

    assert page.status_code == 400
    assert words in page.context["form"].errors[field][0]
    assert page.content.count(b'class="errorlist"') == 1
    assert fields.get("reason", "&lt;b&gt;").strip("\x00") in page.content.decode()
    assert not ScopeRequest.objects.exists()


def test_the_chosen_scope_stays_chosen_when_the_reason_is_too_short(browser, application):
    page = ask(browser, application, scope="albums:order", reason="because")

    assert b'value="albums:order" checked' in page.content


def test_a_second_request_from_an_old_page_is_refused_in_words(browser, application):
    ask(browser, application)

    page = ask(browser, application, reason=REASON * 2)

    assert page.status_code == 400
    assert "already" in page.context["form"].errors["scope"][0]
    assert REASON * 2 in page.content.decode()


def test_asking_when_nothing_is_left_to_ask_for_says_so_as_well(browser, application):
    Application.objects.update(scopes=["read", "albums"])

    page = ask(browser, application)

    assert page.status_code == 400
    assert b"has this scope already" in page.content


def test_nothing_but_scope_and_reason_is_read(browser, application):
    ask(browser, application, state="approved", answer="yes", decided_by="1", application="0", level="open")

    asked = ScopeRequest.objects.get()
    assert (asked.state, asked.answer, asked.decided_by, asked.application) == (
        "waiting",
        "",
        None,
        application,
    )


@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_elses_application_is_not_there(application, method):
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    answer = getattr(client, method)(address(application), {"scope": "albums", "reason": REASON})

    assert answer.status_code == 404
    assert not ScopeRequest.objects.exists()


def test_a_deleted_application_is_not_there(browser, application):
    Application.objects.update(deleted_at=timezone.now())

    assert browser.get(address(application)).status_code == 404
    assert ask(browser, application).status_code == 404


def test_whoever_is_not_logged_in_is_sent_to_the_login(application):
    answer = Client().get(address(application))

    assert (answer.status_code, answer["Location"]) == (302, f"/login?next={address(application)}")


def test_whoever_may_not_register_applications_may_not_ask(browser, application, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "APPLICATIONS_PERMISSION": "oauthcore.add_application"}

    assert browser.get(address(application)).status_code == 403
    assert ask(browser, application).status_code == 403
    assert not ScopeRequest.objects.exists()


def test_another_site_cannot_ask(ada, application):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    assert ask(client, application).status_code == 403
    assert not ScopeRequest.objects.exists()


def test_the_page_costs_a_constant_number_of_statements(
    browser, application, settings, django_assert_num_queries
):
    many = {f"s{n}": {"description": f"Scope {n}", "level": "approval"} for n in range(100)}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": {**SCOPES, **many}}
    ScopeRequest.objects.bulk_create(
        [ScopeRequest(application=application, scope=f"s{n}", reason=REASON) for n in range(50)]
    )

    with django_assert_num_queries(4):  # session, user, application, requests
        browser.get(address(application))


def test_a_default_that_is_the_sites_is_told_from_the_applications_own(browser, application, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "DEFAULT_SCOPES": ["read"]}
    assert "Default (the site’s)" in text_of(browser.get(address(application)))

    Application.objects.update(default_scopes=["read"])
    shown = text_of(browser.get(address(application)))
    assert "Read your profile Default read" in shown
