"""Service tokens in the admin: made as the form says, and shown this one time.

Wire §5.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from oauthcore.models import SecurityEvent, ServiceToken
from tests.support.admin.tokens import (
    ADD,
    EDITORS,
    add,
    address,
    in_days,
    kinds,
    made,
    problems,
    said,
    save,
    shown,
)
from tests.support.oauth import me
from tests.support.pages.reading import text_of
from tests.support.reference_site.factories import AccountFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("form fields and texts; races/test_service_tokens.py runs on PostgreSQL"),
]


def test_a_token_is_made_as_the_form_says_in_one_event_and_shown_this_one_time(maker, account):
    page = add(
        maker,
        account,
        contact="ops@blue.example",
        scopes=["api.images.read", "api.upload"],
        origin="networks",
        networks="10.0.0.0/8\r\n\r\n::ffff:192.0.2.1\r\n",
        expiry="30",
        max_request_bytes_0="5",
        max_request_bytes_1=str(2**20),
    )

    token = ServiceToken.objects.get()
    assert "no-store" in page["Cache-Control"]
    assert page["Pragma"] == "no-cache"
    assert (token.label, token.contact, token.account_uuid) == (
        "Nightly export",
        "ops@blue.example",
        account.uuid,
    )
    assert token.scopes == {"api.images.read", "api.upload"}
    assert token.allowed_networks == ["10.0.0.0/8", "192.0.2.1"]
    assert token.max_request_bytes == 5 * 2**20
    assert token.expires_at is not None
    assert in_days(29.9) < token.expires_at < in_days(30.1)
    event = SecurityEvent.objects.get()
    assert (event.kind, event.grant_uuid, event.user_ref) == (
        "service_token_made",
        token.uuid,
        str(maker.user.pk),
    )
    text = page.context["secret"]
    assert f"Bearer {text}" in page.content.decode()
    assert "https://testserver/v1/me" in page.content.decode()
    assert me(text).status_code == 403  # from 127.0.0.1


def test_sending_the_form_again_makes_no_second_token_and_shows_no_secret(maker, account):
    fields = shown(maker.get(ADD)) | {"label": "Export", "account_uuid": str(account.uuid)}
    text = maker.post(ADD, fields).context["secret"]

    again = maker.post(ADD, fields, follow=True)

    assert again.redirect_chain == [(address(ServiceToken.objects.get()), 302)]
    assert text not in again.content.decode()
    assert "shown only once" in said(again)
    assert kinds() == ["service_token_made"]


@pytest.mark.parametrize("page", ["", "made up", None])
def test_a_form_that_was_never_shown_makes_nothing(maker, account, page):
    sent = add(maker, account, page=page or "")

    assert "open for too long" in str(problems(sent)["__all__"])
    assert not ServiceToken.objects.exists()


def test_the_form_of_one_person_is_not_another_ones(maker, staff, account):
    other = staff("add_servicetoken")

    sent = add(maker, account, page=other.get(ADD).context["page"])

    assert "__all__" in problems(sent)


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"label": ""}, "label", "required"),
        ({"label": "x" * 201}, "label", "at most 200"),
        ({"label": "is ref_api_live_abc the one?"}, "label", "looks like a token"),
        ({"contact": "nobody"}, "contact", "email"),
        ({"scopes": ["api.everything"]}, "scopes", "api.everything"),
        ({"account_uuid": ""}, "account_uuid", "Choose the account"),
        ({"account_uuid": "7"}, "account_uuid", "UUID"),
        ({"account_uuid": "00000000-0000-0000-0000-000000000000"}, "account_uuid", "no live account"),
        ({"origin": "networks", "networks": "10.0.0.0/8\n\nbanana"}, "networks", "Line 3: This is neither"),
        ({"origin": "networks", "networks": "10.1.2.3/8"}, "networks", "Line 1: The mask does not fit"),
        ({"origin": "networks", "networks": "10.0.0.0/0.255.255.255"}, "networks", "Line 1: Write the mask"),
        ({"origin": "networks", "networks": "0.0.0.0/0"}, "networks", "every address. Leave the field empty"),
        ({"origin": "networks", "networks": "10.0.0.1\n::/0"}, "networks", "every address"),
        ({"origin": "networks", "networks": "128.0.0.0/1\n0.0.0.0/1"}, "networks", "every address"),
        ({"origin": "networks", "networks": "10.0.0.1\n" * 101}, "networks", "at most 100"),
        ({"origin": "anywhere", "networks": "10.0.0.1"}, "origin", "Choose “Only these networks”"),
        ({"origin": "everywhere"}, "origin", "valid choice"),
        ({"expiry": "date"}, "expires_on", "Choose the date"),
        ({"expiry": "date", "expires_on": "2001-01-01"}, "expires_on", "future"),
        ({"expiry": "date", "expires_on": "9999-12-31"}, "expires_on", "hundred years"),
        ({"expiry": "date", "expires_on": "soon"}, "expires_on", "valid date"),
        ({"expiry": "kept"}, "expiry", "valid choice"),
        ({"max_request_bytes_0": "0"}, "max_request_bytes", "1 or more"),
        ({"max_request_bytes_0": "1.5"}, "max_request_bytes", "whole number"),
        ({"max_request_bytes_0": "1025", "max_request_bytes_1": str(2**30)}, "max_request_bytes", "1024 GB"),
        ({"max_request_bytes_0": "1", "max_request_bytes_1": "7"}, "max_request_bytes", "valid choice"),
        ({"label": "nu\0l"}, "label", "Null characters"),
        ({"networks": "nu\0l"}, "networks", "Null characters"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_made(maker, account, changes, field, problem):
    sent = add(maker, account, **changes)

    assert sent.status_code == 200
    assert problem in str(problems(sent)[field])
    assert not ServiceToken.objects.exists()
    assert kinds() == []


def test_one_of_the_persons_own_accounts_can_be_chosen_by_name(maker, account):
    account.memberships.create(user=maker.user, role="owner")

    assert "Blue Door Studio" in text_of(maker.get(ADD))
    add(maker, account, own_account=str(account.uuid), account_uuid="")
    assert ServiceToken.objects.get().account_uuid == account.uuid


def test_two_different_accounts_are_not_guessed_between(maker, account):
    account.memberships.create(user=maker.user, role="owner")

    sent = add(maker, AccountFactory(), own_account=str(account.uuid))

    assert "only one of them" in str(problems(sent)["account_uuid"])


def test_an_account_has_no_more_tokens_than_the_site_allows(maker, account, token, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SERVICE_TOKENS_PER_ACCOUNT": 1}

    assert "Revoke one first" in str(problems(add(maker, account))["account_uuid"])


def test_nor_by_giving_one_that_has_expired_more_time(clock, staff, account, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SERVICE_TOKENS_PER_ACCOUNT": 1}
    expired, _ = made(account, expires_at=in_days(1))
    clock.shift(timedelta(days=2))
    made(account)

    sent = save(staff(*EDITORS), expired, expiry="30")

    assert "Revoke one first" in str(problems(sent)["expiry"])


@pytest.mark.parametrize(
    ("choice", "ends"),
    [
        ({"expiry": "365"}, datetime(2031, 6, 15, 12, tzinfo=UTC)),
        ({"expiry": "date", "expires_on": "2030-06-15"}, datetime(2030, 6, 16, tzinfo=UTC)),
        ({"expiry": "never"}, None),
    ],
)
def test_the_expiry_is_what_was_chosen_and_a_date_is_its_last_day(clock, maker, account, choice, ends):
    add(maker, account, **choice)

    assert ServiceToken.objects.get().expires_at == ends


def test_scopes_stand_in_words_with_what_is_sensitive_and_those_about_people_folded(maker):
    words = text_of(maker.get(ADD))

    assert "Photo library See the public images of all accounts api.public.read" in words
    assert "Read images, sets, keywords and facets api.images.read" in words
    assert "Delete images, for good api.images.delete Sensitive" in words
    assert words.index("api.download") < words.index("about a person") < words.index("write:statuses")
