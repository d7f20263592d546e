"""People with a second factor and a security key, for the tests about passkeys."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from oauthcore.flows.second_factor import passkeys
from oauthcore.flows.second_factor.challenges import answer, ask_for_second_factor
from oauthcore.flows.second_factor.code_tries import CodeKind
from oauthcore.models import MFAChallenge, Passkey, SecurityEvent, TOTPFactor
from oauthcore.rules.errors.sign_in import InvalidMFACode
from oauthcore.rules.sign_in.devices import DeviceDescriptor
from oauthcore.rules.sign_in.passkeys import PasskeyRefused, Problem
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages.authenticator_app import new_recovery_code
from tests.support.passkeys.authenticator import SecurityKey


@dataclass
class Person:
    """Somebody with a second factor and a security key."""

    user: Any
    key: SecurityKey = field(default_factory=SecurityKey)

    def begin(self, **changes: Any) -> passkeys.Ceremony:
        shown = {"name": "Key ring", "password": PASSWORD, **changes}
        if "code" not in shown:
            shown["code"] = new_recovery_code(self.user)
        hidden = {name: HiddenText(shown.pop(name)) for name in ("password", "code")}
        return passkeys.begin_registration(self.user, **shown, **hidden)

    def add(self, **changes: Any) -> Passkey:
        """Add the passkey of the key; changes are to what it says."""
        ceremony = self.begin()
        return passkeys.register(self.user, ceremony.state, self.key.register(ceremony.options, **changes))

    def challenge(self) -> MFAChallenge:
        asked = ask_for_second_factor(self.user, MFAChallenge.Channel.BROWSER)
        assert asked is not None
        return asked.challenge

    def log_in(self, *, key: SecurityKey | None = None, **changes: Any) -> bool:
        """Answer a new challenge with the key; changes are to what it says."""
        challenge = self.challenge()
        ceremony = passkeys.begin_authentication(challenge)
        assert ceremony is not None
        return answers(challenge, ceremony.state, (key or self.key).sign(ceremony.options, **changes))


def answers(challenge: MFAChallenge, state: Any, text: str) -> bool:
    """Return whether a text answers a challenge."""
    try:
        use = partial(passkeys.use, challenge, state, text)
        return answer(challenge, use, lambda _method: True, kind=CodeKind.PASSKEY)
    except InvalidMFACode:
        return False


def with_factor(**values: Any) -> Person:
    user = UserFactory(**values)
    TOTPFactor.prepare(user, now=timezone.now())
    TOTPFactor.objects.filter(user=user).update(confirmed_at=timezone.now())
    return Person(user)


def with_another_browser(person: Person) -> MFAChallenge:
    browser = DeviceDescriptor(client_uuid=uuid4())
    asked = ask_for_second_factor(person.user, MFAChallenge.Channel.BROWSER, browser)
    assert asked is not None
    return asked.challenge


def refused(act: Any, problem: Problem) -> None:
    with pytest.raises(PasskeyRefused) as caught:
        act()
    assert caught.value.problem is problem


def events(kind: str) -> list[str]:
    return list(SecurityEvent.objects.filter(kind=kind).order_by("pk").values_list("reason", flat=True))
