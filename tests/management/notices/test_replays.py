"""``send_notices`` to people whose access a replay ended: told of each event once, and never flooded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError

from oauthcore.flows.notices import security_notices
from oauthcore.models import SecurityEvent, SecurityNotice
from oauthcore.recording import events
from tests.support.clock import NOON
from tests.support.factories import UserFactory, device_session, register
from tests.support.notices import broken_mail, send, sent
from tests.support.oauth import with_person

pytestmark = pytest.mark.django_db

Kind = SecurityEvent.Kind
HOUR = timedelta(hours=1)


@pytest.fixture
def ada(clock):
    return UserFactory(username="ada", email="ada@example.org")


def replayed(user, label="Phone", kind=Kind.REFRESH_TOKEN_REPLAYED):
    events.record(kind, grant=device_session(user, label=label), reason="refresh token replayed")


def test_a_refresh_token_that_comes_back_is_told_after_the_request_and_not_in_it(ada, mailoutbox):
    oauth = with_person(register(name="Photo Printer"), ada)
    tokens = oauth.tokens()
    oauth.refresh(tokens["refresh_token"])
    oauth.refresh(tokens["refresh_token"])
    assert mailoutbox == []

    [mail] = sent()

    assert mail.to == ["ada@example.org"]
    assert mail.subject == "Lumen: we ended access to your account"
    assert "Hello ada," in mail.body
    what = "- We ended the access of the application “Photo Printer”"
    assert f"{what}, 2030-06-15 12:00 UTC, from the address 127.0.0.1\n" in mail.body
    assert "https://testserver/oauth/security/" in mail.body
    assert sent() == []


def test_a_code_that_comes_back_is_told_too(ada):
    oauth = with_person(register(name="Photo Printer"), ada)
    code = oauth.code()
    oauth.redeem(code)
    oauth.redeem(code)

    [mail] = sent()

    assert "“Photo Printer”" in mail.body


def test_the_mail_holds_none_of_the_tokens(ada):
    oauth = with_person(register(), ada)
    tokens = oauth.tokens()
    latest = oauth.refresh(tokens["refresh_token"]).json()
    oauth.refresh(tokens["refresh_token"])

    [mail] = sent()

    for text in (tokens["access_token"], tokens["refresh_token"], latest["refresh_token"]):
        assert text[20:] not in mail.message().as_string()


def test_a_session_on_a_device_is_named(ada):
    replayed(ada, "Ada’s phone")

    [mail] = sent()

    assert "- We ended your session on “Ada’s phone”, 2030-06-15 12:00 UTC" in mail.body


def test_a_flood_of_replays_is_one_mail_an_hour_that_tells_of_all(ada, clock):
    mails = []
    for minute in range(120):
        replayed(ada, f"Phone {minute}")
        mails += [(minute, one.body.count("your session on"), one.body) for one in sent()]
        clock.shift(60)

    assert [(minute, named) for minute, named, _ in mails] == [(0, 1), (60, 1)]
    assert "; this happened 59 more times" in mails[1][2]
    clock.shift(HOUR)
    assert len(sent()) == 1
    assert SecurityNotice.objects.filter(sent_at__isnull=False).count() == 120


def test_each_person_gets_a_mail_of_their_own(ada):
    replayed(ada, "Ada’s phone")
    replayed(UserFactory(email="grace@example.org"), "Grace’s phone")

    mails = sent()

    assert {one.to[0]: one.body.count("your session on") for one in mails} == {
        "ada@example.org": 1,
        "grace@example.org": 1,
    }


def test_nobody_is_told_who_has_no_address_is_not_active_or_is_gone(clock):
    replayed(UserFactory(email=""))
    replayed(UserFactory(is_active=False))
    gone = UserFactory()
    replayed(gone)
    gone.delete()
    SecurityEvent.objects.create(kind=Kind.CODE_REPLAYED, user_ref="a key of another user model")
    SecurityEvent.objects.create(kind=Kind.CODE_REPLAYED)

    assert sent() == []


@pytest.mark.parametrize("kind", [Kind.REVOKED, Kind.SIGNED_IN, Kind.CONSENT_WITHDRAWN])
def test_other_events_are_told_to_nobody(ada, kind):
    replayed(ada, kind=kind)

    assert sent() == []


def test_what_is_older_than_three_days_is_no_news(ada, clock):
    replayed(ada)
    clock.shift(timedelta(days=3))

    assert sent() == []


def test_what_is_gone_since_is_told_without_a_name(ada):
    registered = register()
    oauth = with_person(registered, ada)
    code = oauth.code()
    oauth.redeem(code)
    oauth.redeem(code)
    registered.application.delete()
    SecurityEvent.objects.create(kind=Kind.REFRESH_TOKEN_REPLAYED, user_ref=str(ada.pk))

    [mail] = sent()

    assert f"the access of the application “{registered.client_id}”" in mail.body
    assert "- We ended access to your account, 2030-06-15" in mail.body


def test_a_site_without_the_page_of_connections_names_none(ada, settings):
    settings.ROOT_URLCONF = "reference_site.photos.urls"
    replayed(ada)

    [mail] = sent()

    assert "https://" not in mail.body


def test_a_mail_that_fails_is_tried_again_at_the_next_run(ada):
    replayed(ada)
    with broken_mail(), pytest.raises(CommandError, match="1 could not be sent"):
        send()

    assert len(sent()) == 1
    assert sent() == []


def test_after_a_crash_the_mail_is_sent_again_once_the_claim_has_lapsed(ada, clock, monkeypatch):
    replayed(ada)

    def crash(*_args, **_values):
        raise KeyboardInterrupt

    with monkeypatch.context() as crashing:
        crashing.setattr(security_notices.mail, "send", crash)
        with pytest.raises(KeyboardInterrupt):
            send()

    assert sent() == []
    clock.shift(HOUR)
    assert len(sent()) == 1
    assert sent() == []


def test_events_that_another_copy_is_telling_are_left_to_it(ada):
    replayed(ada)
    waiting = list(SecurityEvent.objects.all())
    theirs = SecurityNotice.claim(str(ada.pk), waiting, now=NOON)

    assert theirs == waiting
    assert sent() == []


def test_events_that_were_told_meanwhile_are_not_told_again(ada, clock):
    replayed(ada)
    waiting = list(SecurityEvent.objects.all())
    assert len(sent()) == 1
    clock.shift(HOUR)

    assert SecurityNotice.claim(str(ada.pk), waiting, now=NOON + HOUR) == []


def test_what_would_turn_the_text_around_is_written_out(ada):
    replayed(ada, "a\nb\u202ec")

    [mail] = sent()

    assert "“a\\nb\\u202ec”" in mail.body


def test_notices_say_what_they_are_about(ada):
    replayed(ada)
    send()

    assert str(SecurityNotice.objects.get()) == f"notice of security event {SecurityEvent.objects.get().pk}"
