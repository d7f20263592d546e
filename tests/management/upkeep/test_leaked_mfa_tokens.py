"""``revoke_leaked`` and what waits for a second factor: the one that leaked ends, and no other."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from oauthcore import conf
from oauthcore.models import MFAChallenge, SecurityEvent
from oauthcore.rules.sign_in.devices import DeviceDescriptor
from oauthcore.rules.tokens.secrets import SecretKind
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db


def asked(user: Any, name: str) -> tuple[MFAChallenge, str]:
    """Ask a person for their second factor on a device; return the challenge and its mfa_token."""
    secret = conf.settings().secret_format.make(SecretKind.MFA)
    device = DeviceDescriptor(name=name)
    return MFAChallenge.open(
        user, MFAChallenge.Channel.APP, device, secret, now=timezone.now()
    ), secret.reveal()


def is_open(challenge: MFAChallenge) -> bool:
    challenge.refresh_from_db()
    return challenge.obstacle(timezone.now()) is None


def test_an_mfa_token_ends_alone(told: Any) -> None:
    user = UserFactory(username="tess")
    (leaked, text), (other, _) = asked(user, "Phone"), asked(user, "Tablet")

    assert [one["outcome"] for one in told(text, dry=True)] == ["would_end"]
    assert is_open(leaked)
    [found] = told(text)

    assert (found["kind"], found["outcome"], found["extent"], found["user"]) == (
        "mfa",
        "ended",
        "secret",
        "tess",
    )
    assert not is_open(leaked)
    assert is_open(other)
    event = SecurityEvent.objects.get(reason="leaked")
    assert (event.kind, event.user_ref) == ("revoked", str(user.pk))
    assert [one["outcome"] for one in told(text)] == ["over"]


def test_one_that_nobody_was_given_is_unknown(told: Any) -> None:
    text = conf.settings().secret_format.make(SecretKind.MFA).reveal()

    assert [one["outcome"] for one in told(text)] == ["unknown"]


def test_one_that_another_process_ends_meanwhile_is_over(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, text = asked(UserFactory(), "Phone")
    monkeypatch.setattr(MFAChallenge, "end", lambda *_, **__: False)

    assert [one["outcome"] for one in told(text)] == ["over"]
    assert not SecurityEvent.objects.filter(reason="leaked").exists()


def test_people_are_told_what_it_is(feed: Any) -> None:
    _, text = asked(UserFactory(username="tess"), "Phone")

    assert f"mfa_token …{text[-4:]}  ended, this one alone  user tess" in feed(text, arguments=())
