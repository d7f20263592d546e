"""The upgrade page: the dry run in words, one step, and no way back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.flows.applications.upgrade import upgrade
from oauthcore.models import Application, GrantType, LegacySwitch, LegacyUse, SecurityEvent
from oauthcore.recording import legacy_use
from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND
from tests.support.factories import REDIRECT_URI, UserFactory, register
from tests.support.pages.reading import text_of
from tests.support.statements import statements

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("texts and steps of a page; races/test_upgrades.py runs on PostgreSQL"),
]

Habit = LegacyUse.Habit


@pytest.fixture
def application(ada: Any, clock: Any) -> Application:
    return register(
        owner=ada, profile="oauth2.0", legacy_switches=list(LegacySwitch), grant_types=list(GrantType)
    ).application


@pytest.fixture
def browser(ada: Any, application: Application) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def path_of(application: Application, page: str = "upgrade") -> str:
    return f"/oauth/applications/{application.pk}/{page}"


def note(application: Application, habit: Habit = Habit.NO_PKCE) -> None:
    legacy_use.note(application, habit, example=REDIRECT_URI)


def is_legacy(application: Application) -> bool:
    application.refresh_from_db()
    return application.is_legacy


def post(browser: Client, application: Application, **fields: str) -> Any:
    return browser.post(path_of(application), fields)


def mark_on(browser: Client, application: Application) -> str:
    return str(browser.get(path_of(application)).context["report"].mark)


def test_a_habit_is_shown_with_its_count_its_example_and_how_to_mend_it(browser, application):
    for _ in range(3):
        note(application)

    text = text_of(browser.get(path_of(application)))

    assert "Asked for a code without PKCE" in text
    assert "3 on 1 day" in text
    assert "June 15, 2030, 12:00 UTC" in text
    assert f"last at the address {REDIRECT_URI}" in text
    assert "Send code_challenge" in text
    assert "I have read this. I know that requests like these will fail." in text


def test_a_clean_application_is_invited_and_upgraded_with_one_click(browser, application):
    text = text_of(browser.get(path_of(application)))
    assert "Nothing. Every request already follows OAuth 2.1" in text
    assert "I have read" not in text

    answered = browser.post(path_of(application), follow=True)

    assert not is_legacy(application)
    assert "There is nothing to do." in text_of(answered)
    assert "The application is upgraded" in text_of(answered)


def test_the_page_says_what_becomes_of_what_was_issued_before(browser, application):
    said = "Its present access tokens work until they expire."

    assert said in text_of(browser.get(path_of(application)))
    assert said in text_of(browser.post(path_of(application), follow=True))
    assert said not in text_of(browser.get(path_of(application)))


def test_the_page_says_that_tokens_without_end_go_on(browser, application):
    Application.objects.update(access_tokens_expire=False)

    assert "still do not expire" in text_of(browser.get(path_of(application)))


def test_without_the_tick_nothing_happens_and_the_page_says_so_at_the_box(browser, application):
    note(application)

    answered = post(browser, application, mark=mark_on(browser, application))

    assert answered.status_code == 400
    assert "Select this box after you have read" in answered.content.decode()
    assert is_legacy(application)


def test_with_the_tick_it_is_upgraded_all_the_same(browser, application):
    note(application)

    answered = post(browser, application, mark=mark_on(browser, application), has_read="on")

    assert answered.status_code == 303
    assert not is_legacy(application)


@pytest.mark.parametrize("mark", ["", "nonsense", "\x00", None])
def test_a_tick_for_another_page_is_shown_the_page_as_it_is_now(mark, browser, application):
    note(application)
    mark = mark_on(browser, application) if mark is None else mark
    note(application, Habit.IMPLICIT)

    answered = post(browser, application, mark=mark, has_read="on")

    assert answered.status_code == 400
    assert "Something has changed since you opened this page" in answered.content.decode()
    assert "implicit grant" in answered.content.decode()
    assert is_legacy(application)


def test_a_clean_page_is_no_confirmation_of_what_came_up_since(browser, application):
    mark = mark_on(browser, application)
    note(application)

    answered = post(browser, application, mark=mark)

    assert answered.status_code == 400
    assert is_legacy(application)


def test_what_has_to_be_registered_first_is_said_and_there_is_no_button(browser, application):
    Application.objects.update(redirect_uris=[OUT_OF_BAND])

    text = text_of(browser.get(path_of(application)))
    answered = post(browser, application, mark=mark_on(browser, application), has_read="on")

    assert "Register an address of your own first." in text
    assert "Upgrade to OAuth 2.1" not in text.partition("What the upgrade does")[2]
    assert answered.status_code == 400
    assert is_legacy(application)


def test_an_application_of_oauth_2_1_has_nothing_to_do(browser, application):
    Application.objects.update(profile="oauth2.1", legacy_switches=[])

    assert "There is nothing to do." in text_of(browser.get(path_of(application)))
    assert post(browser, application).status_code == 303
    assert not SecurityEvent.objects.exists()


@pytest.mark.parametrize("page", ["upgrade", "refusals"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_elses_application_is_not_there_and_nothing_changes(page, method, application):
    stranger = Client()
    stranger.force_login(UserFactory())

    answered = getattr(stranger, method)(path_of(application, page))

    assert answered.status_code == (404 if (page, method) != ("refusals", "post") else 405)
    assert is_legacy(application)


def test_nobody_is_let_in_without_a_login(application):
    answered = Client().post(path_of(application))

    assert answered.status_code == 302
    assert answered["Location"].startswith("/login")
    assert is_legacy(application)


def test_a_post_without_its_form_is_refused(ada, application):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    assert client.post(path_of(application)).status_code == 403
    assert is_legacy(application)


LEGACY_FIELDS = {
    "profile": "oauth2.0",
    "legacy_switches": ["optional_pkce", "path_prefix", "query_token", "get_credentials"],
    "is_legacy": "on",
    "name": "Photo Printer",
    "redirect_uris": REDIRECT_URI,
    "scopes": ["read"],
}


@pytest.mark.parametrize("page", ["", "edit", "secrets", "scopes", "switch", "upgrade", "refusals"])
@pytest.mark.parametrize("grant_types", [["authorization_code"], ["authorization_code", "implicit"]])
def test_there_is_no_way_back_through_any_page_of_the_application(page, grant_types, browser, application):
    browser.post(path_of(application))
    before = Application.objects.values("profile", "legacy_switches", "grant_types").get()

    browser.post(path_of(application, page), {**LEGACY_FIELDS, "grant_types": grant_types})

    after = Application.objects.values("profile", "legacy_switches", "grant_types").get()
    assert after["profile"] == before["profile"] == "oauth2.1"
    assert after["legacy_switches"] == frozenset()
    assert GrantType.IMPLICIT not in after["grant_types"]


def test_out_of_band_cannot_be_registered_again(browser, application):
    browser.post(path_of(application))

    fields = {**LEGACY_FIELDS, "redirect_uris": OUT_OF_BAND, "grant_types": ["authorization_code"]}
    answered = browser.post(path_of(application, "edit"), fields)

    assert answered.status_code == 400
    assert Application.objects.get().redirect_uris == (REDIRECT_URI,)


def test_a_new_application_cannot_be_a_legacy_one(browser, application):
    new = "/oauth/applications/new"
    hidden = dict.fromkeys(browser.get(new).context["form"].fields, "")

    fields = {**hidden, **LEGACY_FIELDS, "grant_types": ["authorization_code"], "client_type": "confidential"}
    browser.post(new, fields)

    assert [one.pk for one in Application.objects.filter(profile="oauth2.0")] == [application.pk]


def test_the_page_costs_the_same_whatever_there_is_to_tell(browser, application):
    costs = []
    for habit in (None, *Habit):
        if habit:
            note(application, habit)
        legacy_use.batch.flush()
        with statements() as run:
            browser.get(path_of(application))
        costs.append(len(run))

    assert set(costs) == {4}  # session, person, application, legacy use


def test_there_is_no_way_back_through_the_admin(application):
    staff = Client()
    staff.force_login(UserFactory(is_staff=True, is_superuser=True))
    upgrade(application, None, now=timezone.now())

    staff.post(f"/admin/oauthcore/application/{application.pk}/change/", LEGACY_FIELDS)

    application.refresh_from_db()
    assert (application.profile, application.legacy_switches) == ("oauth2.1", frozenset())
