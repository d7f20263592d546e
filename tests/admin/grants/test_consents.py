"""Consents in the admin: read, found, and withdrawn with a reason."""

from __future__ import annotations

import pytest

from oauthcore.models import Consent, SecurityEvent
from tests.support.admin.tokens import said
from tests.support.factories import UserFactory, bearer, register
from tests.support.oauth import is_live
from tests.support.pages.reading import text_of
from tests.support.reference_site.factories import AccountFactory

pytestmark = pytest.mark.django_db

CONSENTS = "/admin/oauthcore/consent/"
YES = {"confirmed": "yes", "reason": "Asked for by telephone"}


def address(consent, act="change"):
    return f"{CONSENTS}{consent.pk}/{act}/"


def withdraw_together(browser, *consents, **fields):
    chosen = {"action": "end_selected", "_selected_action": [one.pk for one in consents]}
    return browser.post(CONSENTS, chosen | fields, follow=True)


def consent_of(user=None, application=None, **values):
    return Consent.objects.create(
        user=user or UserFactory(),
        application=application or register().application,
        **{"scopes": ["read", "api.images.read"], **values},
    )


@pytest.fixture
def editor(staff):
    return staff("view_consent", "change_consent")


@pytest.fixture
def consent(application):
    return consent_of(
        UserFactory(username="heidi"), application, account_uuid=AccountFactory(name="Blue").uuid
    )


def test_the_list_and_the_page_show_who_allows_what_to_whom(editor, consent):
    for word in ("heidi", "Photo Printer", "api.images.read"):
        assert word in text_of(editor.get(CONSENTS))
    for word in ("heidi", "Photo Printer", "Read images, sets, keywords and facets", "Blue ("):
        assert word in text_of(editor.get(address(consent)))


@pytest.mark.parametrize("query", ["heidi", "Photo Pri", "client_id"])
def test_a_consent_is_found_by_person_and_application(editor, consent, query):
    consent_of(application=register(name="Other").application)
    query = consent.application.client_id if query == "client_id" else query

    assert list(editor.get(CONSENTS, {"q": query}).context["cl"].result_list) == [consent]


def test_the_list_can_be_narrowed_by_application(editor, consent):
    consent_of()

    found = editor.get(CONSENTS, {"application__id__exact": consent.application_id}).context["cl"]

    assert list(found.result_list) == [consent]


def test_withdrawing_asks_first_and_then_ends_the_access_in_one_event(editor, consent):
    token = bearer(user=consent.user, application=consent.application)

    assert "Withdraw this consent?" in text_of(editor.get(address(consent, "end")))
    assert is_live(token)
    page = editor.post(address(consent, "end"), YES, follow=True)

    assert "1 consent was withdrawn" in said(page)
    assert page.redirect_chain == [(CONSENTS, 302)]
    assert not Consent.objects.exists()
    assert not is_live(token)
    event = SecurityEvent.objects.get()
    assert (event.kind, event.application_ref, event.user_ref) == (
        "consent_withdrawn",
        consent.application.client_id,
        str(editor.user.pk),
    )
    assert event.reason == (f"by staff: Asked for by telephone; of user {consent.user.pk}; grants ended: 1")


def test_several_are_withdrawn_together_after_a_page_that_says_how_many(editor, consent):
    second, kept = consent_of(), consent_of()

    assert "Withdraw these 2 consents?" in text_of(withdraw_together(editor, consent, second))
    assert "2 consents were withdrawn" in said(withdraw_together(editor, consent, second, **YES))
    assert list(Consent.objects.all()) == [kept]


@pytest.mark.parametrize(
    ("rights", "may_view", "may_withdraw"),
    [
        ((), False, False),
        (("view_consent",), True, False),
        (("change_consent",), True, True),
        (("add_consent", "delete_consent"), False, False),
        (("view_grant", "change_grant"), False, False),
    ],
)
def test_every_act_needs_its_own_permission(staff, consent, rights, may_view, may_withdraw):
    browser = staff(*rights)

    for path in (CONSENTS, address(consent), address(consent, "history")):
        assert (browser.get(path).status_code == 200) == may_view
    for answer in (
        browser.get(address(consent, "end")),
        browser.post(CONSENTS, {"action": "end_selected", "_selected_action": consent.pk}),
    ):
        assert answer.status_code == (200 if may_withdraw else 403)
    for path in (f"{CONSENTS}add/", address(consent), address(consent, "delete")):
        assert browser.post(path, {"post": "yes"}).status_code == 403
    withdraw_together(browser, consent, action="delete_selected", post="yes")
    assert Consent.objects.exists()


def test_whoever_is_no_staff_is_sent_away_whatever_their_permissions(staff, consent):
    browser = staff("view_consent", "change_consent", is_staff=False)

    for path in (CONSENTS, address(consent), address(consent, "end")):
        assert browser.post(path, YES).status_code == 302
    assert Consent.objects.exists()


def test_a_hundred_consents_cost_as_many_statements_as_one(
    editor, application, django_assert_max_num_queries
):
    for _number in range(100):
        consent_of(application=application)

    with django_assert_max_num_queries(8):
        assert len(editor.get(CONSENTS).context["cl"].result_list) == 50
