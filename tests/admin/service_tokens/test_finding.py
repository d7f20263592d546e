"""Service tokens are found: by words, by filters, and by pasting one, which leaves no trace of it."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.models import SecurityEvent, ServiceToken, Usage
from tests.support.admin.tokens import FIND, TOKENS, address, in_days, made, rotate, said
from tests.support.factories import bearer
from tests.support.pages.reading import text_of
from tests.support.reference_site.factories import AccountFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("admin/frame/test_large_tables.py asks PostgreSQL about the same filters"),
]


@pytest.fixture
def viewer(staff):
    return staff("view_servicetoken")


def listed(browser, **query):
    return [one.label for one in browser.get(TOKENS, query).context["cl"].result_list]


def used(token, *, days_ago=0, count=1):
    at = timezone.now() - timedelta(days=days_ago)
    Usage.objects.create(grant=token, day=at.date(), count=count, last_at=at, last_address="203.0.113.7")


def test_the_list_shows_what_staff_look_for(viewer, account):
    token, _ = made(
        account,
        contact="ops@blue.example",
        scopes=frozenset({"api.images.read", "api.upload", "api.download"}),
        expires_at=in_days(5.5),
        allowed_networks=("10.0.0.0/8", "192.0.2.0/24"),
        max_request_bytes=1536,
    )
    used(token)

    page = viewer.get(TOKENS)
    words = text_of(page)

    for word in (
        *("Nightly export", "ops@blue.example", "Blue Door Studio", "api.images.read", "and 1 more"),
        *("10.0.0.0/8", "up to 1536 bytes", "in 5 days", "Live", "from 203.0.113.7"),
    ):
        assert word in words, word
    assert '<span class="oauthcore-pressing">in 5' in page.content.decode()


def test_the_account_is_a_uuid_where_the_site_cannot_name_several_at_once(viewer, account, settings):
    made(account)
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ACCOUNT_BACKEND": "oauthcore.accounts.NoAccounts"}

    assert str(account.uuid) in text_of(viewer.get(TOKENS))


def test_an_account_that_is_not_live_is_pointed_out(viewer, account):
    made(account)
    account.suspended_at = timezone.now()
    account.save()

    assert f"{account.uuid} not live" in text_of(viewer.get(TOKENS))


@pytest.mark.parametrize("query", ["Nightly", "ops@blue", "account"])
def test_a_token_is_found_by_name_contact_and_account(viewer, account, query):
    made(account, contact="ops@blue.example")
    made(AccountFactory(), label="Somebody Else")

    assert listed(viewer, q=str(account.uuid) if query == "account" else query) == ["Nightly export"]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"state": "live"}, {"plain", "soon", "some", "nowhere", "idle"}),
        ({"state": "expired"}, {"expired"}),
        ({"state": "revoked"}, {"revoked"}),
        ({"use": "unused"}, {"idle"}),
        ({"expiry": "soon"}, {"soon"}),
        ({"expiry": "never"}, {"plain", "some", "nowhere", "idle", "revoked"}),
        ({"networks": "anywhere"}, {"plain", "soon", "expired", "revoked", "idle"}),
        ({"networks": "some"}, {"some"}),
        ({"networks": "nowhere"}, {"nowhere"}),
        ({"networks": "odd"}, {"plain", "soon", "expired", "revoked", "some", "nowhere", "idle"}),
    ],
)
def test_the_list_can_be_narrowed(viewer, account, chosen, found):
    made(account, label="plain")
    made(account, label="soon", expires_at=in_days(13))
    made(account, label="some", allowed_networks=("10.0.0.0/8",))
    made(account, label="nowhere", allowed_networks=())
    idle, _ = made(account, label="idle")
    expired, _ = made(account, label="expired")
    revoked, _ = made(account, label="revoked")
    long_ago = timezone.now() - timedelta(days=100)
    ServiceToken.objects.filter(pk=expired.pk).update(created_at=long_ago, expires_at=in_days(-1))
    ServiceToken.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    ServiceToken.objects.filter(pk=idle.pk).update(created_at=long_ago)
    used(expired, days_ago=80)
    used(idle, days_ago=95)

    assert set(listed(viewer, **chosen)) == found


def test_unused_for_90_days_is_so_to_the_hour(clock, staff, account):
    token, _ = made(account)
    used(token)
    clock.shift(timedelta(days=89, hours=23))
    viewer = staff("view_servicetoken")
    assert listed(viewer, use="unused") == []

    clock.shift(timedelta(hours=2))
    assert listed(viewer, use="unused") == [token.label]


def test_a_pasted_token_leads_to_its_page_and_leaves_no_trace(viewer, account, caplog):
    caplog.set_level(logging.DEBUG)
    token, text = made(account)

    answer = viewer.post(FIND, {"token": f"  {text}\n"})
    page = viewer.get(answer["Location"])

    assert answer["Location"] == address(token)
    assert f"The token ending in {text[-4:]} is this one, and it works." in said(page)
    assert text not in page.content.decode()
    assert text not in caplog.text
    assert text not in str(dict(viewer.session))
    assert text not in str(list(SecurityEvent.objects.values()))


def test_a_secret_that_was_rotated_away_is_found_and_called_ended(editor, account):
    token, old = made(account)
    rotate(editor, token, overlap="0")

    answer = editor.post(FIND, {"token": old})

    assert answer["Location"] == address(token)
    assert "has ended, and is refused" in said(editor.get(answer["Location"]))


def test_an_access_token_leads_to_its_grant_for_who_may_see_grants(staff):
    text = bearer()

    assert "/grant/" in staff("view_servicetoken", "view_grant").post(FIND, {"token": text})["Location"]
    browser = staff("view_servicetoken")
    assert browser.post(FIND, {"token": text})["Location"] == TOKENS
    assert "but not a service token" in said(browser.get(TOKENS))


@pytest.mark.parametrize("pasted", ["", "banana", "ref_api_live_short", "nu\0l", "upper"])
def test_what_is_no_token_is_answered_with_words_and_not_repeated(viewer, account, pasted):
    text = made(account)[1]
    pasted = text[:-1] + text[-1].swapcase() + "x" if pasted == "upper" else pasted

    page = viewer.post(FIND, {"token": pasted}, follow=True)

    assert page.redirect_chain == [(TOKENS, 302)]
    assert "This site does not know this token" in said(page)
    assert pasted == "" or pasted not in page.content.decode()


@pytest.mark.parametrize("screen", ["servicetoken", "grant", "consent", "securityevent", "application"])
@pytest.mark.parametrize("name", ["q", "state", "token"])
def test_a_token_in_the_search_of_any_screen_is_taken_out_of_the_address_and_told_why(
    staff, account, screen, name
):
    text = made(account)[1]
    browser = staff(f"view_{screen}")
    path = f"/admin/oauthcore/{screen}/"

    page = browser.get(path, {name: f"find {text}", "o": "1"}, follow=True)

    assert page.redirect_chain == [(f"{path}?o=1", 302)]
    assert "looks like a token" in said(page)
    assert text not in page.content.decode()


@pytest.mark.parametrize(
    "screen", ["servicetoken", "grant", "consent", "securityevent", "application", "scoperequest"]
)
@pytest.mark.parametrize(
    "query",
    ["q=%00", "state=%00", "level=%00", "kind__exact=%00", "o=%00", "at__year=%00", f"user={'9' * 23}"],
)
def test_what_no_browser_sends_in_the_address_is_a_bad_request(staff, screen, query):
    assert staff(f"view_{screen}").get(f"/admin/oauthcore/{screen}/?{query}").status_code == 400


def test_the_page_of_a_token_draws_its_use_as_a_picture_with_words_and_a_table(viewer, account):
    token, _ = made(account)
    used(token, count=3)
    used(token, days_ago=2, count=12)
    used(token, days_ago=31, count=99)

    page = viewer.get(address(token))

    assert "15 in all, 12 on the busiest day" in text_of(page)
    assert page.content.decode().count('class="oauthcore-bar"') == 2
    assert "from 203.0.113.7" in text_of(page)


def test_no_page_holds_a_style_or_a_script_of_ours_in_line(editor, account):
    token, _ = made(account)
    used(token)

    for path in (address(token), address(token, "end")):
        html = editor.get(path).content.decode()
        content = html[html.index('id="content"') :]
        assert " style=" not in content
        assert "<style" not in content
        assert "onclick" not in content


def test_a_hundred_tokens_cost_as_many_statements_as_one(viewer, account, django_assert_max_num_queries):
    for number in range(40):
        token, _ = made(account, label=f"Token {number}", contact="ops@blue.example")
        used(token)
    for _number in range(3):
        other = AccountFactory()
        for number in range(20):
            used(made(other, label=f"Other {number}")[0])

    with django_assert_max_num_queries(9):
        assert len(viewer.get(TOKENS).context["cl"].result_list) == 50
