"""Service tokens are revoked with a reason, one or many; and who may do what with them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from oauthcore.models import SecurityEvent, ServiceToken
from tests.support.admin.tokens import ADD, EDITORS, FIND, TOKENS, address, kinds, made, said, shown
from tests.support.oauth import is_live
from tests.support.pages.reading import text_of
from tests.support.secrets import parse, random_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("a form and permissions; races/test_service_tokens.py runs on PostgreSQL"),
]

YES = {"confirmed": "yes", "reason": "Found in a public repository"}


def revoke_together(browser, *tokens, **fields):
    chosen = {"action": "end_selected", "_selected_action": [one.pk for one in tokens]}
    return browser.post(TOKENS, chosen | fields, follow=True)


def test_revoking_asks_first_and_then_ends_the_token_in_one_event_with_the_reason(editor, account):
    token, text = made(account)

    assert "Revoke this token?" in text_of(editor.get(address(token, "end")))
    assert is_live(text)
    page = editor.post(address(token, "end"), YES, follow=True)

    assert "1 token was revoked" in said(page)
    assert not is_live(text)
    event = SecurityEvent.objects.order_by("pk").last()
    assert (event.kind, event.reason, event.user_ref, event.grant_uuid) == (
        "revoked",
        "Found in a public repository",
        str(editor.user.pk),
        token.uuid,
    )
    assert "Found in a public repository" in text_of(editor.get(address(token)))


@pytest.mark.parametrize("reason", ["", "  ", "x" * 151, "nu\0l", "ref_api_live_x"])
def test_no_token_is_revoked_without_a_reason(editor, account, reason):
    token, text = made(account)

    page = editor.post(address(token, "end"), YES | {"reason": reason})

    assert page.context["form"].errors
    assert is_live(text)


def test_several_are_revoked_together_after_a_page_that_says_how_many(editor, account):
    first, second, over = (made(account, label=label)[0] for label in ("First", "Second", "Over"))
    other, other_text = made(account, label="Other")
    editor.post(address(over, "end"), YES)

    page = revoke_together(editor, first, second, over)
    assert "Revoke these 2 tokens?" in text_of(page)
    assert "First" in text_of(page)
    assert ServiceToken.objects.filter(revoked_at=None).count() == 3
    done = revoke_together(editor, first, second, **YES)

    assert "2 tokens were revoked" in said(done)
    assert list(ServiceToken.objects.filter(revoked_at=None)) == [other]
    assert is_live(other_text)
    assert kinds().count("revoked") == 3


def test_what_was_revoked_before_is_not_revoked_again(editor, account):
    token, _ = made(account)
    revoke_together(editor, token, **YES)

    assert "Nothing was changed" in said(revoke_together(editor, token, **YES))
    assert kinds().count("revoked") == 1


def test_too_many_at_once_are_refused_with_words(editor, account, monkeypatch):
    monkeypatch.setattr("oauthcore.admin.frame.ending._MOST_AT_ONCE", 1)
    tokens = [made(account)[0] for _number in range(2)]

    assert "You chose more than 1" in said(revoke_together(editor, *tokens, **YES))
    assert ServiceToken.objects.filter(revoked_at=None).count() == 2


@pytest.mark.parametrize("chosen", ["\0", "seven", "-1", "9" * 40])
def test_rows_that_no_browser_sends_are_a_bad_request(editor, chosen):
    answer = editor.post(TOKENS, {"action": "end_selected", "_selected_action": chosen})

    assert answer.status_code == 400


def secrets_of(text):
    secret = parse(text)
    return [text, random_of(secret), secret.digest.hex()]


def test_who_may_only_view_reads_everything_in_words_and_sees_no_digest(staff, account):
    token, text = made(account, allowed_networks=("10.0.0.0/8",), max_request_bytes=2048)
    browser = staff("view_servicetoken")

    words = text_of(browser.get(address(token)))

    for word in ("Read images, sets, keywords and facets", "10.0.0.0/8", "2 KB", f"…{text[-4:]}"):
        assert word in words
    for path in (TOKENS, f"{TOKENS}?q=Nightly", address(token), address(token, "history")):
        html = browser.get(path).content.decode()
        assert [one for one in secrets_of(text) if one in html] == []
        assert "end_selected" not in html
        assert not re.search(r'name="(_save|overlap|label)"', html)


ACTS = {
    "add": {"add_servicetoken"},
    "change": {"change_servicetoken"},
    "rotate": {"change_servicetoken"},
    "end": {"change_servicetoken"},
    "bulk": {"change_servicetoken"},
    "find": {"view_servicetoken", "change_servicetoken"},
    "list": {"view_servicetoken", "change_servicetoken"},
    "read": {"view_servicetoken", "change_servicetoken"},
    "history": {"view_servicetoken", "change_servicetoken"},
    "delete": set(),
}
RIGHTS = [
    (),
    ("view_servicetoken",),
    ("add_servicetoken",),
    ("change_servicetoken",),
    ("delete_servicetoken",),
    ("view_grant", "change_grant", "add_grant", "delete_grant", "change_application"),
]


def attempt(browser, act, token):
    ways = {
        "add": lambda: browser.post(ADD, {}),
        "change": lambda: browser.post(address(token), {}),
        "rotate": lambda: browser.post(address(token, "rotate"), {}),
        "end": lambda: browser.post(address(token, "end"), {}),
        "bulk": lambda: browser.post(TOKENS, {"action": "end_selected", "_selected_action": token.pk}),
        "find": lambda: browser.post(FIND, {"token": ""}),
        "list": lambda: browser.get(TOKENS),
        "read": lambda: browser.get(address(token)),
        "history": lambda: browser.get(address(token, "history")),
        "delete": lambda: browser.post(address(token, "delete"), {"post": "yes"}),
    }
    return ways[act]().status_code


@pytest.mark.parametrize("rights", RIGHTS)
@pytest.mark.parametrize("act", ACTS)
def test_every_act_needs_its_own_permission(staff, account, act, rights):
    token, _ = made(account)

    status = attempt(staff(*rights), act, token)

    assert (status == 403) == (not ACTS[act] & set(rights)), status


@pytest.mark.parametrize("act", ACTS)
def test_whoever_is_no_staff_is_sent_away_whatever_their_permissions(staff, account, act):
    token, text = made(account)
    owner = staff(*EDITORS, "add_servicetoken", "delete_servicetoken", is_staff=False)
    account.memberships.create(user=owner.user, role="owner")

    assert attempt(owner, act, token) == 302
    assert owner.get("/admin/login/").status_code == 403
    assert is_live(text)


def test_nothing_is_ever_deleted(staff, account):
    token, _ = made(account)
    browser = staff(*EDITORS, "delete_servicetoken", "delete_grant")

    assert browser.post(address(token, "delete"), {"post": "yes"}).status_code == 403
    revoke_together(browser, token, action="delete_selected", post="yes")
    assert ServiceToken.objects.get() == token


def test_another_site_can_do_none_of_it(staff, account):
    token, _ = made(account)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(staff(*EDITORS, "add_servicetoken").user)

    for act in ("add", "change", "rotate", "end", "bulk", "find"):
        assert attempt(browser, act, token) == 403


def test_who_may_only_make_tokens_gets_the_secret_and_no_list(staff, account):
    browser = staff("add_servicetoken")
    fields = shown(browser.get(ADD)) | {"label": "Export", "account_uuid": str(account.uuid)}

    page = browser.post(ADD, fields)

    assert is_live(page.context["secret"])
    assert TOKENS + '"' not in page.content.decode()
    assert browser.post(ADD, fields)["Location"] == ADD
    assert browser.get(TOKENS).status_code == 403
