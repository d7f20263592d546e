"""Service tokens in the admin: changed and rotated, and their pages.

Wire §5.
"""

from __future__ import annotations

import pytest

from oauthcore.models import SecurityEvent, ServiceToken, Token
from tests.support.admin.tokens import (
    TOKENS,
    add,
    address,
    in_days,
    kinds,
    made,
    rotate,
    said,
    save,
    shown,
)
from tests.support.oauth import is_live, me
from tests.support.pages.reading import text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("forms and texts; races/test_service_tokens.py runs on PostgreSQL"),
]


def test_saving_changes_the_limits_from_the_next_request_on_in_one_event(maker, account):
    token, text = made(account)

    answer = save(maker, token, label="Weekly export", origin="networks", networks="192.0.2.0/24")

    assert answer["Location"] == TOKENS
    token.refresh_from_db()
    assert (token.label, token.allowed_networks) == ("Weekly export", ["192.0.2.0/24"])
    assert me(text).status_code == 403
    event = SecurityEvent.objects.order_by("pk").last()
    assert (event.kind, event.reason) == ("service_token_changed", "label, allowed_networks")
    assert event.user_ref == str(maker.user.pk)


def test_saving_what_was_shown_changes_nothing(maker, account):
    token, _ = made(
        account,
        contact="ops@blue.example",
        expires_at=in_days(3.3),
        allowed_networks=("10.0.0.0/8",),
        max_request_bytes=1500,
    )
    before = ServiceToken.objects.values().get()

    assert "Nothing was changed" in said(maker.get(save(maker, token)["Location"]))

    assert ServiceToken.objects.values().get() == before
    assert kinds() == ["service_token_made"]


def test_an_emptied_list_of_a_restricted_token_allows_nothing_and_the_pages_say_so(maker, account):
    token, text = made(account, allowed_networks=("127.0.0.1",))
    assert is_live(text)

    after = save(maker, token, networks="", _continue="1")

    token.refresh_from_db()
    assert token.allowed_networks == []
    assert me(text).status_code == 403
    assert after["Location"] == address(token)
    assert "refused from everywhere" in said(maker.get(address(token)))
    assert "Nowhere" in text_of(maker.get(TOKENS))


def test_a_token_whose_time_is_over_can_be_given_more_and_its_old_time_may_stay(clock, maker, account):
    token, text = made(account, expires_at=in_days(1))
    clock.shift(2 * 86400)
    assert save(maker, token, label="Old").status_code == 302
    assert not is_live(text)

    save(maker, token, expiry="30")

    assert is_live(text)


def test_a_revoked_token_is_shown_and_stays_as_it_is(maker, account, token):
    fields = shown(maker.get(address(token)))
    maker.post(address(token, "end"), {"confirmed": "yes", "reason": "lost"})

    page = maker.post(address(token), fields | {"label": "Back again"})

    assert "Nothing was changed" in said(page)
    assert "form" not in page.context or page.context["form"] is None
    token.refresh_from_db()
    assert token.label == "Nightly export"
    rotate(maker, token, page="")
    assert token.tokens.count() == 1


def test_rotating_shows_the_new_secret_once_and_the_old_one_lives_through_the_overlap(clock, maker, account):
    token, old = made(account)
    form = maker.get(address(token)).context["page"]

    new = rotate(maker, token, overlap="3600", page=form).context["secret"]
    again = rotate(maker, token, overlap="3600", page=form)

    assert again.status_code == 302
    assert token.tokens.count() == 2
    assert "shown only once" in said(maker.get(address(token)))
    assert (is_live(old), is_live(new)) == (True, True)
    clock.shift(3601)
    assert (is_live(old), is_live(new)) == (False, True)
    assert kinds() == ["service_token_made", "service_token_rotated"]


@pytest.mark.parametrize(
    ("overlap", "page", "why"),
    [("5", None, "Choose when"), ("", None, "Choose when"), ("3600", "made up", "too long")],
)
def test_rotating_takes_only_what_was_offered(maker, token, overlap, page, why):
    rotate(maker, token, overlap=overlap, page=page)

    assert token.tokens.count() == 1
    assert why in said(maker.get(address(token)))


def test_the_secrets_of_a_token_are_told_apart_by_their_last_characters(maker, account):
    token, text = made(account)

    words = text_of(maker.get(address(token)))

    assert f"ref_api_live_…{text[-4:]}" in words


def test_there_is_no_such_page(maker):
    assert maker.get(f"{TOKENS}7/change/")["Location"] == TOKENS
    assert maker.get(f"{TOKENS}seven/change/")["Location"] == TOKENS
    assert maker.post(f"{TOKENS}7/rotate/").status_code == 404
    assert maker.get(f"{TOKENS}7/end/").status_code == 404
    beyond = maker.get(f"{TOKENS}{'9' * 30}/end/", follow=True)  # to Django's admin this is a row's name
    assert beyond.redirect_chain[-1][0] == TOKENS


def test_what_others_wrote_is_text_and_no_markup(maker, account):
    token, _ = made(account, label="<script>alert(1)</script>")

    for path in (TOKENS, address(token), address(token, "end")):
        assert "<script>alert(1)" not in maker.get(path).content.decode()


def test_every_secret_is_a_row_of_its_own_digest_only(maker, account):
    text = add(maker, account).context["secret"]

    assert text not in str(list(Token.objects.values()))
