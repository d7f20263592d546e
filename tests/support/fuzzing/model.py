"""What the site promises, in a few lines: who may do what, and which token is live at a given time.

It knows no rows, no digests and no transactions, and shares no code with the product. ``requests`` has what
applications ask for, and ``world`` all of it together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

MOST_FAILURES = 5
IDLE = timedelta(days=90)


@dataclass(eq=False)
class App:
    """An application, as staff and its developer see it."""

    row: Any
    client_id: str
    secret: str | None
    redirect_uris: list[str]
    is_legacy: bool
    grace: timedelta
    gets_refresh_tokens: bool
    lifetime: timedelta | None
    needs_key: bool = False
    is_enabled: bool = True
    is_suspended: bool = False
    is_deleted: bool = False

    @property
    def is_live(self) -> bool:
        return self.is_enabled and not self.is_suspended and not self.is_deleted

    @property
    def credentials(self) -> dict[str, str]:
        secret = {} if self.secret is None else {"client_secret": self.secret}
        return {"client_id": self.client_id, **secret}

    def reads(self, key: int | None) -> int | None:
        """Return the key that counts of a request: a legacy application's proofs are not read."""
        return None if self.is_legacy else key


@dataclass(eq=False)
class Account:
    """A tenant."""

    uuid: str
    is_suspended: bool = False


@dataclass(eq=False)
class Person:
    """Somebody with a password, roles in accounts, and maybe a second factor."""

    user: Any
    password: str
    roles: dict[Account, str]
    key: bytes | None = None
    recovery_codes: list[str] = field(default_factory=list)
    last_step: int = 0
    passwords: int = 1
    is_active: bool = True


@dataclass(eq=False)
class Grant:
    """One act of authorization; ending it ends everything under it."""

    kind: str
    app: App | None = None
    person: Person | None = None
    account: Account | None = None
    ends_at: datetime | None = None
    is_ended: bool = False
    row: Any = None
    networks: list[str] | None = None
    passwords: int = field(init=False)

    def __post_init__(self) -> None:
        self.passwords = self.person.passwords if self.person else 0

    def is_live(self, now: datetime) -> bool:
        if self.is_ended or (self.ends_at is not None and now >= self.ends_at):
            return False
        if self.app is not None and not self.app.is_live:
            return False
        person = self.person
        return person is None or (person.is_active and person.passwords == self.passwords)

    def is_over(self, now: datetime) -> bool:
        """Return whether a person's grant can never come back."""
        is_expired = self.ends_at is not None and now >= self.ends_at
        return self.is_ended or is_expired or (self.person and self.person.passwords) != self.passwords

    def may_work_on(self, account: Account | None) -> bool:
        """Return whether the site still vouches for an account."""
        if account is None:
            return True
        return not account.is_suspended and (self.person is None or account in self.person.roles)


@dataclass(eq=False)
class Access:
    """An access token or a service token."""

    text: str
    grant: Grant
    scopes: set[str] | None
    account: Account | None
    ends_at: datetime | None = None
    actor: App | None = None
    ended_at: datetime | None = None
    key: int | None = None

    def is_live(self, now: datetime) -> bool:
        if self.ended_at is not None or (self.ends_at is not None and now >= self.ends_at):
            return False
        if self.actor is not None and not self.actor.is_live:
            return False
        return self.grant.is_live(now) and self.grant.may_work_on(self.account)


@dataclass(eq=False)
class Chain:
    """Refresh tokens that came one from the other: one is current, all others are spent."""

    grant: Grant
    current: str
    turned_at: datetime
    scopes: set[str] = field(default_factory=set)
    key: int | None = None
    previous: str | None = None
    spent: list[str] = field(default_factory=list)

    def is_live(self, now: datetime) -> bool:
        is_idle = self.grant.kind == "session" and now >= self.turned_at + IDLE
        return self.grant.is_live(now) and not is_idle

    def turn(self, successor: str, now: datetime) -> None:
        self.spent.append(self.current)
        self.previous, self.current, self.turned_at = self.current, successor, now

    def is_within_grace(self, text: str, now: datetime) -> bool:
        grace = self.grant.app.grace if self.grant.app else timedelta(0)
        return text == self.previous and now < self.turned_at + grace


@dataclass(eq=False)
class Challenge:
    """The first step of a sign-in that waits for its second."""

    text: str
    person: Person
    ends_at: datetime
    is_used: bool = False
    failures: int = 0
    passwords: int = field(init=False)

    def __post_init__(self) -> None:
        self.passwords = self.person.passwords

    def is_open(self, now: datetime) -> bool:
        is_same = self.person.is_active and self.person.passwords == self.passwords
        return is_same and not self.is_used and self.failures < MOST_FAILURES and now < self.ends_at
