"""The model of what applications ask for: codes, devices, and requests that were sent in advance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.support.fuzzing.model import App, Grant


@dataclass(eq=False)
class Code:
    """An authorization code."""

    text: str
    grant: Grant
    app: App
    redirect_uri: str
    verifier: str | None
    method: str
    scopes: set[str]
    ends_at: datetime
    key: int | None = None
    is_used: bool = False
    failures: int = 0

    @property
    def needs_legacy(self) -> bool:
        return self.method != "S256"


@dataclass(eq=False)
class DeviceCode:
    """What a device without a browser asks with, and what its person has answered."""

    text: str
    user_code: str
    app: App
    scopes: set[str]
    ends_at: datetime
    next_poll_at: datetime
    interval: int = 5
    grant: Grant | None = None
    is_denied: bool = False
    is_used: bool = False

    def is_waiting(self, now: datetime) -> bool:
        return self.app.is_live and self.grant is None and not self.is_denied and now < self.ends_at

    def poll(self, now: datetime) -> bool:
        """Count a request of the device, and return whether its interval was over."""
        if now < self.next_poll_at:
            self.interval = min(self.interval + 5, 60)
            return False
        self.next_poll_at = now + timedelta(seconds=self.interval - 1)
        return True


@dataclass(eq=False)
class Wanted:
    """An authorization request, as an application sends it."""

    app: App
    redirect_uri: str
    scopes: set[str]
    method: str = "S256"
    is_implicit: bool = False
    key: int | None = None


@dataclass(eq=False)
class Pushed:
    """A request that an application sent in advance."""

    text: str
    wanted: Wanted
    ends_at: datetime
    is_opened: bool = False
    is_used: bool = False

    def is_live(self, now: datetime) -> bool:
        return not self.is_used and now < self.ends_at

    def open(self, now: datetime) -> None:
        """At the first opening it gets the time of a consent page."""
        if not self.is_opened:
            self.is_opened, self.ends_at = True, now + timedelta(seconds=600)
