"""``send_notices`` to people about signing in: a new device, the second factor, whoever did it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.flows.second_factor.codes import check_code
from oauthcore.flows.second_factor.totp_settings import (
    begin_totp,
    confirm_totp,
    remove_second_factor,
    renew_recovery_codes,
)
from oauthcore.models import SecurityEvent, TOTPFactor
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.errors.sign_in import InvalidMFACode
from oauthcore.rules.sign_in.totp import code_at, key_from_text
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.factories import PASSWORD, UserFactory, device_session
from tests.support.notices import sent
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

Kind = SecurityEvent.Kind
HOUR = timedelta(hours=1)


@pytest.fixture
def ada(clock: Any) -> Any:
    return UserFactory(username="ada", email="ada@example.org")


def sign_in(login: str, device: str = "Pixel 9") -> Any:
    body = {"login": login, "password": PASSWORD, "device": {"name": device, "platform": "android"}}
    return (
        Client()
        .post("/v1/auth/sign_in", body, content_type="application/json", REMOTE_ADDR="203.0.113.7")
        .json()
    )


def enrol(user: Any) -> tuple[str, list[str]]:
    """Switch the person's TOTP on; return its secret and the recovery codes."""
    secret = begin_totp(user, password=HiddenText(PASSWORD)).secret.reveal()
    return secret, [one.reveal() for one in confirm_totp(user, code=HiddenText(code(secret)))]


def code(secret: str) -> str:
    return code_at(key_from_text(secret), int(timezone.now().timestamp()) // 30)


def lines(mail: Any) -> list[str]:
    """Return what the mail says happened, without when and from where."""
    return [line.partition(", 2030-")[0] for line in mail.body.splitlines() if line.startswith("- ")]


def test_a_new_device_is_told_with_its_name_the_time_and_the_address(ada):
    sign_in("ada")

    [mail] = sent()

    assert mail.to == ["ada@example.org"]
    assert mail.subject == "Lumen: a new device signed in to your account"
    when = "2030-06-15 12:00 UTC, from the address 203.0.113.7"
    assert f"- You signed in on a new device, “Pixel 9”, {when}\n" in mail.body
    assert "Change it at once" in mail.body
    assert "https://testserver/oauth/security/" in mail.body
    assert sent() == []


def test_a_sign_in_that_waits_for_its_second_factor_is_no_new_device(ada):
    enrol(ada)
    [mail] = sent()

    sign_in("ada")

    assert lines(mail) == ["- Two-step verification was switched on"]
    assert not SecurityEvent.objects.filter(kind=Kind.DEVICE_SIGNED_IN).exists()


def test_wrong_codes_that_pause_the_second_factor_are_one_event(ada):
    enrol(ada)
    sent()
    for _ in range(10):
        with pytest.raises(InvalidMFACode):
            check_code(ada, HiddenText("aaaa-aaaa-aaaa-aaaa"), lambda: True)
    for _ in range(2):
        with pytest.raises(Throttled):
            check_code(ada, HiddenText("aaaa-aaaa-aaaa-aaaa"), lambda: True)

    assert SecurityEvent.objects.filter(kind=Kind.SECOND_FACTOR_PAUSED).count() == 1


def test_the_pause_is_told_as_the_gravest_thing_of_all(ada, clock):
    device_session(ada)
    events.record(Kind.DEVICE_SIGNED_IN, user=ada, reason="Pixel 9")
    clock.shift(60)
    events.record(Kind.SECOND_FACTOR_PAUSED, user=ada)

    [mail] = sent()

    assert mail.subject == "Lumen: the security of your account"
    assert [line[:24] for line in lines(mail)] == ["- Two-step verification ", "- You signed in on a new"]


def test_many_of_one_kind_do_not_hide_another(ada):
    for number in range(30):
        events.record(Kind.DEVICE_SIGNED_IN, user=ada, reason=f"Phone {number}")
        events.record(Kind.PASSKEY_ADDED, user=ada, reason=f"Key {number}")
    events.record(Kind.SECOND_FACTOR_ON, user=ada)
    events.record(Kind.SECOND_FACTOR_OFF, user=ada)

    [mail] = sent()

    assert lines(mail) == [
        "- Two-step verification was switched off",
        "- The passkey “Key 29” was added",
        "- Two-step verification was switched on",
        "- You signed in on a new device, “Phone 29”",
    ]
    assert mail.body.count("; this happened 29 more times") == 2


def test_what_staff_did_stands_beside_what_the_person_did(ada):
    boss = UserFactory(email="boss@example.org")
    events.record(Kind.SECOND_FACTOR_OFF, user=ada)
    events.record(Kind.SECOND_FACTOR_OFF, user=boss, of=ada)

    [mail] = sent()

    assert sorted(lines(mail)) == [
        "- The staff of the site switched off your two-step verification",
        "- Two-step verification was switched off",
    ]


def test_recovery_codes_are_told_when_used_and_when_renewed_and_never_shown(ada, clock):
    secret, codes = enrol(ada)
    sent()
    clock.shift(HOUR)
    check_code(ada, HiddenText(codes[0]), lambda: True)
    new = renew_recovery_codes(ada, password=HiddenText(PASSWORD), code=HiddenText(code(secret)))

    [mail] = sent()

    assert lines(mail) == [
        "- A recovery code was used",
        "- New recovery codes were made, and the old ones stopped working",
    ]
    assert [one for one in (*codes, *map(str, new), secret, code(secret)) if one in mail.body] == []


def test_passkeys_are_named(ada):
    events.record(Kind.PASSKEY_ADDED, user=ada, reason="Blue key")
    events.record(Kind.PASSKEY_REMOVED, user=ada, reason="")

    [mail] = sent()

    assert "- The passkey “Blue key” was added" in lines(mail)
    assert "- A passkey was removed" in lines(mail)


def test_what_staff_switched_off_is_told_to_its_person_and_not_to_staff(ada, clock):
    enrol(ada)
    sent()
    clock.shift(HOUR)
    boss, factor = UserFactory(email="boss@example.org"), TOTPFactor.objects.get(user=ada)

    remove_second_factor(factor, reason="by staff: lost everything", now=timezone.now(), by=boss)

    [mail] = sent()
    assert mail.to == ["ada@example.org"]
    assert lines(mail) == ["- The staff of the site switched off your two-step verification"]
    assert "from the address" not in mail.body


def test_of_two_at_once_one_switches_it_off_in_one_event(ada):
    enrol(ada)
    factor = TOTPFactor.objects.get(user=ada)

    done = [remove_second_factor(factor, reason="x", now=timezone.now()) for _ in range(2)]

    assert done == [True, False]
    assert SecurityEvent.objects.filter(kind=Kind.SECOND_FACTOR_OFF).count() == 1


def test_one_mail_tells_of_replays_and_of_the_rest(ada):
    events.record(Kind.DEVICE_SIGNED_IN, user=ada, reason="Pixel 9")
    events.record(Kind.REFRESH_TOKEN_REPLAYED, grant=device_session(ada, label="Phone"))

    [mail] = sent()

    assert mail.subject == "Lumen: the security of your account"
    assert len(lines(mail)) == 2
    assert "somebody else may have a copy" in mail.body
    assert "Change it at once" in mail.body


def test_people_are_looked_up_together(db):
    """What a run costs beside the mails themselves does not grow with the people who wait for one."""
    people = [UserFactory() for _ in range(20)]
    for one in people:
        events.record(Kind.DEVICE_SIGNED_IN, user=one, reason="Phone")
    assert len(sent()) == 20
    for one in people:
        events.record(Kind.DEVICE_SIGNED_IN, user=one, reason="Phone")

    with statements() as run:
        assert sent() == []  # they were written to less than an hour ago

    scans = [one for one in run if "FROM oauthcore_securityevent" in one]
    assert len(scans) == 3


def test_a_thousand_people_without_an_address_cost_no_statement_each(db, django_assert_max_num_queries):
    people = [UserFactory(email="") for _ in range(30)]
    for one in people:
        events.record(Kind.DEVICE_SIGNED_IN, user=one, reason="Phone")

    with django_assert_max_num_queries(5):
        assert sent() == []
