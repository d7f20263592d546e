"""``send_notices`` to contacts of service tokens: before it hurts, and each mail once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone

from oauthcore.flows.notices import expiry_notices
from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.flows.service_tokens.service_tokens import change, revoke, rotate
from oauthcore.models import ExpiryNotice, ServiceToken
from reference_site.accounts.models import Account
from tests.support.clock import NOON
from tests.support.notices import broken_mail, send, sent
from tests.support.reference_site.factories import AccountFactory
from tests.support.service_tokens.commands import made, used
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
CONTACT = "ops@example.org"


def expiring(days: float, **limits) -> tuple[ServiceToken, str]:
    values = {"contact": CONTACT, "expires_at": timezone.now() + timedelta(days=days), **limits}
    return made(AccountFactory(name="Studio North"), **values)


def test_the_contact_is_told_14_and_3_days_before_and_never_twice(clock):
    expiring(20)
    told = []
    for day in range(21):
        if mails := sent():
            told.append((20 - day, len(mails), mails[0].to))
        assert sent() == []
        clock.shift(DAY)

    assert told == [(14, 1, [CONTACT]), (3, 1, [CONTACT])]


def test_the_mail_says_what_expires_when_and_what_to_do_and_holds_no_secret(clock):
    token, text = expiring(3)
    used(token)

    [mail] = sent()

    assert mail.subject == "The service token “Nightly export” expires on 2030-06-18"
    assert "Expires: 2030-06-18 12:00 UTC" in mail.body
    assert "Account: “Studio North”" in mail.body
    assert f"Ends with: …{text[-4:]}\n" in mail.body
    assert "Last used: 2030-06-15 12:00 UTC" in mail.body
    assert "in the administration of https://testserver, under service tokens" in mail.body
    assert mail.extra_headers == {"Auto-Submitted": "auto-generated", "Content-Language": "en"}
    assert text not in mail.message().as_string()


def test_a_token_that_was_never_used_says_so_and_both_secrets_in_rotation_are_named(clock):
    token, _ = expiring(3)
    clock.shift(60)
    rotate(token, overlap=DAY, staff=None)

    [mail] = sent()

    assert "Last used: never" in mail.body
    assert mail.body.count("…") == 2


def test_when_several_are_due_only_the_most_urgent_is_sent(clock):
    expiring(2)

    assert len(sent()) == 1
    assert sent() == []
    assert ExpiryNotice.objects.get().days == 3


def test_a_site_chooses_its_own_days(clock, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "EXPIRY_NOTICES": [1, 30]}
    expiring(20)

    assert len(sent()) == 1
    clock.shift(10 * DAY)
    assert sent() == []
    clock.shift(9 * DAY)
    assert len(sent()) == 1


def test_a_site_may_choose_none(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "EXPIRY_NOTICES": []}
    expiring(1)

    assert sent() == []


def test_a_later_end_begins_anew(clock):
    token, _ = expiring(3)
    assert len(sent()) == 1

    limits = Limits(token.label, token.scopes, CONTACT, NOON + 40 * DAY)
    change(token, limits, staff=None)

    assert sent() == []
    clock.shift(26 * DAY)
    assert len(sent()) == 1


def test_nobody_is_told_of_a_token_that_has_ended_or_expired_or_has_no_contact(clock):
    revoke(expiring(2)[0], reason="no longer needed", staff=None)
    expiring(1)
    expiring(2, contact="")
    expiring(2, expires_at=None)
    clock.shift(DAY)

    assert sent() == []


def test_what_staff_change_while_mails_go_out_holds_for_those_to_come(monkeypatch):
    """A mail may take seconds: nobody is told who is no contact any more, or of a token that has ended."""
    expiring(2)
    moved, _ = expiring(2, contact="left@example.org")
    ended, _ = expiring(2)
    send_first = expiry_notices.mail.send

    def slow(*args, **how):
        change(moved, Limits(moved.label, moved.scopes, "new@example.org", moved.expires_at), staff=None)
        revoke(ended, reason="no longer needed", staff=None)
        return send_first(*args, **how)

    monkeypatch.setattr(expiry_notices.mail, "send", slow)

    assert [mail.to for mail in sent()] == [[CONTACT]]
    assert [mail.to for mail in sent()] == [["new@example.org"]]


def test_nobody_is_told_while_the_account_is_suspended(clock):
    token, _ = expiring(5)
    accounts = Account.objects.filter(uuid=token.account_uuid)
    accounts.update(suspended_at=timezone.now())
    assert sent() == []

    accounts.update(suspended_at=None)
    assert len(sent()) == 1


def test_a_mail_that_fails_is_tried_again_at_the_next_run(clock):
    expiring(3)
    expiring(3)
    with broken_mail(), pytest.raises(CommandError, match=r"2 could not be sent.*The next run tries again"):
        send()
    assert not ExpiryNotice.objects.filter(sent_at__isnull=False).exists()

    assert len(sent()) == 2
    assert sent() == []


def test_after_a_crash_the_mail_is_sent_again_once_the_claim_has_lapsed(clock, monkeypatch):
    expiring(3)

    def crash(*_args, **_values):
        raise KeyboardInterrupt

    with monkeypatch.context() as crashing:
        crashing.setattr(expiry_notices.mail, "send", crash)
        with pytest.raises(KeyboardInterrupt):
            send()

    assert sent() == []
    clock.shift(timedelta(minutes=59, seconds=59))
    assert sent() == []
    clock.shift(1)
    assert len(sent()) == 1
    assert sent() == []


def test_a_notice_that_another_copy_is_sending_is_left_to_it(clock):
    token, _ = expiring(3)
    theirs = ExpiryNotice.claim(token, days=3, now=NOON)

    assert theirs is not None
    assert sent() == []
    theirs.settle(was_sent=False, now=NOON)
    assert len(sent()) == 1


def test_a_name_that_would_break_the_mails_headers_does_not(clock):
    token, _ = expiring(3)
    ServiceToken.objects.filter(pk=token.pk).update(label="a\r\nBcc: mallory@example.org\r\n")

    [mail] = sent()

    assert mail.subject == "A service token of Lumen expires on 2030-06-18"
    assert "mallory" not in str(mail.message())
    assert mail.recipients() == [CONTACT]


def test_no_address_stands_in_the_mail_that_a_name_has_brought_there(clock):
    token, _ = expiring(3, label="Locked: go to evil.example")
    Account.objects.filter(uuid=token.account_uuid).update(name="Locked: go to evil.example")

    [mail] = sent()

    assert "evil" not in mail.subject + mail.body
    assert "Locked" not in mail.subject + mail.body


def test_a_long_name_makes_no_long_subject(clock):
    expiring(3, label="x" * 200)

    [mail] = sent()

    assert mail.subject == f"The service token “{'x' * 60}…” expires on 2030-06-18"


def test_the_command_says_how_many_went_out():
    expiring(3)

    assert send() == "expiry notices: 1\nsecurity notices: 0\nlogout tokens: 0\n"


def test_a_run_with_nothing_to_send_writes_nothing(clock):
    for _ in range(3):
        expiring(3)
    send()

    with statements() as run:
        send()

    assert [one for one in run if not one.startswith("SELECT")] == []


def test_a_template_of_the_site_that_breaks_stops_no_other_mail(clock, settings, tmp_path):
    (tmp_path / "oauthcore" / "notices").mkdir(parents=True)
    (tmp_path / "oauthcore" / "notices" / "token_expires.txt").write_text("{% nonsense %}")
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path]}]
    expiring(3)

    with pytest.raises(CommandError, match="1 could not be sent"):
        send()
    assert ExpiryNotice.objects.get().claimed_at is None
