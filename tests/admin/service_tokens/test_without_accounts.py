"""Service tokens in the admin of a site without accounts: no account is asked for, and none is shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from oauthcore.models import ServiceToken
from tests.support.admin.tokens import ADD, EDITORS, TOKENS, address, problems, said, save, shown
from tests.support.oauth import me
from tests.support.pages.reading import text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("without_accounts"),
    pytest.mark.sqlite_only("fields that the form leaves out; the constraint has tests in models"),
]


@pytest.fixture
def maker(staff: Any) -> Client:
    return staff(*EDITORS, "add_servicetoken")


def add(browser: Client, **changes: Any) -> Any:
    fields = shown(browser.get(ADD)) | {"label": "Nightly export", "scopes": ["api.images.read"]}
    return browser.post(ADD, fields | changes)


def test_the_form_asks_for_no_account_and_names_the_setting_that_would_have_it_ask(maker):
    page = maker.get(f"{ADD}?account=0a73859c-6eda-4adc-b819-918014c85389")

    assert {"own_account", "account_uuid"}.isdisjoint(page.context["form"].fields)
    assert "works on the whole site" in text_of(page)
    assert "ACCOUNT_BACKEND" in text_of(page)


def test_a_token_is_made_found_changed_rotated_and_revoked_all_the_same(maker):
    text = add(maker).context["secret"]
    assert me(text).json()["capabilities"]["api.images.read"] is True

    token = ServiceToken.objects.get()
    assert token.account_uuid is None
    assert "The whole site" in text_of(maker.get(TOKENS))
    page = text_of(maker.get(address(token)))
    assert "The whole site" in page
    assert "not live" not in page
    assert "was changed" in said(maker.get(save(maker, token, label="Hourly export")["Location"]))
    assert "The whole site" in text_of(maker.get(address(token, "end")))
    maker.post(address(token, "end"), {"reason": "no longer needed", "confirmed": "yes"})
    assert me(text).status_code == 401


def test_an_account_that_is_sent_all_the_same_is_passed_over(maker):
    add(maker, account_uuid="0a73859c-6eda-4adc-b819-918014c85389")

    assert ServiceToken.objects.get().account_uuid is None


def test_the_site_has_so_many_and_no_more(maker, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SERVICE_TOKENS_PER_ACCOUNT": 1}
    add(maker)

    assert "This site has the largest number of service tokens" in str(problems(add(maker))["__all__"])
    assert ServiceToken.objects.count() == 1


def test_a_site_that_has_accounts_by_now_still_shows_those_of_the_whole_site(maker, settings):
    add(maker)
    backend = "reference_site.accounts.backend.MembershipBackend"
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ACCOUNT_BACKEND": backend}

    for where in (TOKENS, address(ServiceToken.objects.get())):
        assert "The whole site" in text_of(maker.get(where))
