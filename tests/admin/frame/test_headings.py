"""Pages of the admin are called in words that staff know; tokens say who made and who ended them."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from oauthcore.models import Consent, Grant, ScopeRequest, SecurityEvent, ServiceToken, TOTPFactor
from tests.support.admin.tokens import TOKENS, address, in_days, made
from tests.support.factories import UserFactory, device_session, open_grant, register
from tests.support.pages.reading import text_of
from tests.support.reference_site.factories import AccountFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("titles and labels come from the model classes"),
]


@pytest.fixture
def ada(db):
    return UserFactory(username="Ada")


@pytest.fixture
def light_table(db):
    return register(name="Light Table").application


def heading(browser, row):
    page = browser.get(f"/admin/oauthcore/{row._meta.model_name}/{row.pk}/change/")
    assert page.content.decode().count(page.context["title"]) >= 3  # title, way there, heading
    return page.context["title"]


def test_the_page_of_a_grant_names_what_has_access_and_to_whom(admin_client, ada, light_table):
    phone = device_session(ada, label="Pixel 9")
    itself = Grant.standing(light_table)

    assert heading(admin_client, open_grant(user=ada, application=light_table)) == "Light Table – Ada"
    assert heading(admin_client, phone) == "Pixel 9 – Ada"
    assert heading(admin_client, itself) == "Light Table, without a person"


def test_other_pages_are_called_by_what_their_rows_are(admin_client, ada, light_table):
    consent = Consent.objects.create(user=ada, application=light_table, scopes=["read"])
    factor = TOTPFactor.objects.create(user=ada, seed=b"x", confirmed_at=in_days(0))
    event = SecurityEvent.objects.create(kind="revoked")

    assert heading(admin_client, consent) == "Consent: Ada – Light Table"
    assert heading(admin_client, factor) == "Second factor: Ada"
    assert heading(admin_client, event).startswith("Access revoked, ")


def test_the_page_of_a_scope_request_names_scope_and_application(admin_client, light_table):
    asked = ScopeRequest.objects.create(application=light_table, scope="api.upload", reason="Please.")

    page = admin_client.get(f"/admin/oauthcore/scoperequest/{asked.pk}/change/")

    assert "<h1>api.upload for Light Table</h1>" in page.content.decode()


def test_the_history_of_a_row_is_called_so_too(admin_client, ada, light_table):
    consent = Consent.objects.create(user=ada, application=light_table, scopes=["read"])
    path = f"/admin/oauthcore/consent/{consent.pk}/history/"

    assert "History: Consent: Ada – Light Table" in text_of(admin_client.get(path))
    assert admin_client.get("/admin/oauthcore/consent/9999/history/").status_code == 302


def test_a_token_says_who_made_it_and_who_ended_it(staff):
    token, _ = made(AccountFactory())
    maker = get_user_model().objects.get(pk=SecurityEvent.objects.get().user_ref)
    browser = staff("view_servicetoken", "change_servicetoken")
    for path in (TOKENS, address(token)):
        assert f"by {maker.username}" in text_of(browser.get(path))

    browser.post(address(token, "end"), {"confirmed": "yes", "reason": "Lost"})

    for path in (TOKENS, address(token)):
        assert f"by {browser.user.username}" in text_of(browser.get(path))


def test_a_token_made_by_a_command_says_so_and_one_without_an_event_nothing(staff):
    account = str(AccountFactory().uuid)
    call_command("service_token_create", account, "Export", "--scope", "api.images.read")
    browser = staff("view_servicetoken")
    [token] = ServiceToken.objects.all()
    for path in (TOKENS, address(token)):
        assert "by a command" in text_of(browser.get(path))

    SecurityEvent.objects.all().delete()

    for path in (TOKENS, address(token)):
        assert "by a command" not in text_of(browser.get(path))


def test_a_person_who_is_gone_is_named_by_their_number(staff):
    made(AccountFactory())
    number = SecurityEvent.objects.get().user_ref
    get_user_model().objects.filter(pk=number).delete()

    assert f"Made by {number}" in text_of(staff("view_servicetoken").get(TOKENS))
