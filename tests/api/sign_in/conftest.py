"""People who sign in from an app, and the app they do it with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone

from oauthcore.models import TOTPFactor
from oauthcore.models.database import primary
from oauthcore.rules.sign_in import recovery_codes, totp
from tests.support import hashers
from tests.support.factories import UserFactory
from tests.support.reference_site.factories import MembershipFactory
from tests.support.sign_in.client import AppClient
from tests.support.sign_in.phone import Phone


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
    person.key = TOTPFactor.prepare(person.user, now=now, using=primary()) or b""
    person.recovery_codes = [str(recovery_codes.make()) for _ in range(recovery_codes.HOW_MANY)]
    factor = TOTPFactor.of(person.user)
    assert factor is not None
    factor.replace_recovery_codes(person.recovery_codes, using=primary())
    TOTPFactor.objects.update(confirmed_at=now)
    return person


@pytest.fixture
def person(db: None, clock: Any) -> Person:
    """Ada, at noon: a password, no second factor, owner of one account."""
    return with_account(username="ada")


@pytest.fixture
def person_with_totp(db: None, clock: Any) -> Person:
    """Tess, at noon: her second factor is on."""
    return with_second_factor(username="tess")


@pytest.fixture
def app() -> AppClient:
    """The app on ada's phone, at home."""
    return AppClient()


@pytest.fixture
def phone(person: Person) -> Phone:
    """Ada's phone, on which she is signed in; it holds an access token too."""
    phone = Phone(person)
    phone.refresh()
    return phone


@pytest.fixture
def tess_app() -> AppClient:
    """The app on the phone of tess, at home."""
    return AppClient(login="tess")


@pytest.fixture
def hashed(settings: Any) -> list[bool]:
    """One entry for each password hashed from now on: people are to be made after it."""
    settings.PASSWORD_HASHERS = ["tests.support.hashers.Watched"]
    hashers.hashed.clear()
    return hashers.hashed


@pytest.fixture
def token(app: AppClient, person: Person) -> str:
    """The access token of ada, who has no second factor yet."""
    return app.access_token()


@pytest.fixture
def tess_token(tess_app: AppClient, person_with_totp: Person, clock: Any) -> str:
    """The access token of tess, who has one; it took her a code, and now the next one shows."""
    text = tess_app.access_token(tess_app.mfa(tess_app.mfa_token(), person_with_totp.code()))
    clock.shift(30)
    return text
