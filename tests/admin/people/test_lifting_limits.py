"""Staff lift the limits of signing in for somebody who has tried too often and cannot wait."""

from __future__ import annotations

import pytest

from oauthcore.models import SecurityEvent
from tests.support.admin.tokens import made, said
from tests.support.pages.reading import text_of
from tests.support.reference_site.factories import AccountFactory
from tests.support.sign_in.client import HOME, AppClient
from tests.support.sign_in.guessing import THROTTLED, guess
from tests.support.sign_in.people import with_account

pytestmark = pytest.mark.django_db

EVENTS = "/admin/oauthcore/securityevent/"
LIFT = f"{EVENTS}lift-limits/"


@pytest.fixture
def ada(db):
    return with_account(username="ada", email="ada@people.example").user


@pytest.fixture
def helper(staff):
    return staff("view_securityevent", "lift_limits")


def test_the_list_of_events_leads_there_for_who_may(staff, helper):
    assert LIFT in helper.get(EVENTS).content.decode()
    assert LIFT not in staff("view_securityevent").get(EVENTS).content.decode()


def test_a_person_may_try_again_and_the_event_says_who_let_them(helper, ada):
    guess(times=6)
    assert AppClient().sign_in().refused == THROTTLED

    page = helper.post(LIFT, {"login": "ada", "address": ""}, follow=True)

    assert page.redirect_chain == [(EVENTS, 302)]
    assert "limits were lifted" in said(page)
    assert AppClient().sign_in().status == 200
    event = SecurityEvent.objects.get(kind="limits_lifted")
    assert (event.user_ref, event.person_ref) == (str(helper.user.pk), str(ada.pk))


def test_an_address_may_try_again(helper, ada):
    for number in range(20):
        guess(f"login{number}")
    assert AppClient().sign_in().refused == THROTTLED

    assert "1 limit was lifted" in said(helper.post(LIFT, {"address": HOME}, follow=True))
    assert AppClient().sign_in().status == 200


def test_where_nothing_was_counted_it_says_so(helper, ada):
    assert "Nothing was changed" in said(helper.post(LIFT, {"login": "ada"}, follow=True))
    assert not SecurityEvent.objects.filter(kind="limits_lifted").exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Give a login, an address, or both."),
        ({"address": "300.1.1.1"}, "Give an IPv4 or IPv6 address."),
        ({"login": "x" * 400}, "at most"),
        ({"login": "nul\0l"}, "Null characters"),
    ],
)
def test_what_names_nobody_is_said_on_the_page(helper, sent, words):
    page = helper.post(LIFT, sent)

    assert page.status_code == 200
    assert words in text_of(page)


def test_a_token_pasted_as_a_login_is_refused_with_words(helper):
    _, text = made(AccountFactory())

    assert "looks like a token" in text_of(helper.post(LIFT, {"login": text}))


@pytest.mark.parametrize(
    "rights", [(), ("view_securityevent",), ("change_securityevent", "add_securityevent")]
)
def test_it_takes_a_permission_of_its_own(staff, ada, rights):
    guess(times=6)
    browser = staff(*rights)

    assert browser.get(LIFT).status_code == browser.post(LIFT, {"login": "ada"}).status_code == 403
    assert AppClient().sign_in().refused == THROTTLED


def test_whoever_may_lift_and_not_look_comes_back_to_the_first_page(staff, ada):
    browser = staff("lift_limits")

    assert browser.get(LIFT).status_code == 200
    assert browser.post(LIFT, {"login": "ada"})["Location"] == "/admin/"
