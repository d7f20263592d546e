"""People who sign in from an app, with and without a second factor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from oauthcore.models import TOTPFactor
from oauthcore.rules.sign_in import recovery_codes, totp
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.factories import UserFactory
from tests.support.reference_site.factories import MembershipFactory


@dataclass
class Person:
    """Somebody with one account, and their second factor where it is on."""

    user: Any
    account: Any
    key: bytes = field(default=b"", repr=False)
    recovery_codes: list[str] = field(default_factory=list, repr=False)

    def code(self, *, steps: int = 0) -> str:
        """Return what their authenticator app shows now, or so many steps of 30 seconds from now."""
        return totp.code_at(self.key, int(timezone.now().timestamp()) // totp.STEP + steps)

    def wrong_code(self) -> str:
        """Return six digits that are no code anywhere near now."""
        near = {self.code(steps=steps) for steps in range(-3, 4)}
        return next(text for text in ("000000", "111111", "222222", "333333") if text not in near)


def with_account(*, role: str = "owner", **values: Any) -> Person:
    """Make a person who has a role in one account."""
    user = UserFactory(**values)
    return Person(user, MembershipFactory(user=user, role=role).account)


def with_second_factor(**values: Any) -> Person:
    """Make a person with one account whose second factor is on, key and recovery codes known."""
    person, now = with_account(**values), timezone.now()
    person.key = TOTPFactor.prepare(person.user, now=now) or b""
    person.recovery_codes = [recovery_codes.make().reveal() for _ in range(recovery_codes.HOW_MANY)]
    factor = TOTPFactor.of(person.user)
    assert factor is not None
    factor.replace_recovery_codes(map(HiddenText, person.recovery_codes))
    TOTPFactor.objects.filter(pk=factor.pk).update(confirmed_at=now)
    return person
