"""Families: what one act of authorization has given, and what came of it by refreshing."""

from __future__ import annotations

from typing import Any, Protocol

from oauthcore.models import Application
from proof.clients.applications import ApplicationClient, new_application, use
from proof.clients.browsers import BrowserClient
from proof.clients.devices import DeviceClient
from proof.clients.people import new_user, with_account
from proof.clients.sending import Answer, Sender
from proof.ledger import halves_of


class Family(Protocol):
    """The tokens of an application or a device."""

    sender: Sender
    user: Any
    refresh_token: str
    access_tokens: list[str]
    #: What a refresh may be refused with, beside 503.
    refusals: set[tuple[int, str]]

    @property
    def application(self) -> Application:
        """The application that has them. A device has none."""
        ...

    @property
    def digest(self) -> str:
        """The digest that finds its chain."""
        ...

    def refresh(self, *, failpoint: str = "") -> Answer:
        """Refresh with the token that it has."""
        ...

    def end(self, *, failpoint: str = "") -> Answer:
        """Revoke the token, or sign out."""
        ...

    def keep(self, answer: Answer) -> None:
        """Go on with the tokens of an answer."""
        ...

    def turn_to(self, sender: Sender) -> None:
        """Go on with what sends to another address."""
        ...

    def is_taken(self) -> bool:
        """Return whether all its access tokens are taken."""
        ...

    def is_dead(self) -> bool:
        """Return whether nothing that it was ever given is taken any more."""
        ...

    def is_live(self) -> bool:
        """Return whether its access tokens are taken, and it can refresh."""
        ...


class _Tokens:
    """What both kinds have: the latest refresh token and all access tokens."""

    refusals: set[tuple[int, str]]
    _client: ApplicationClient | DeviceClient

    def __init__(self, sender: Sender, user: Any) -> None:
        self.sender = sender
        self.user = user
        self.refresh_token = ""
        self.access_tokens: list[str] = []

    @property
    def application(self) -> Application:
        """The application that has them. A device has none."""
        raise NotImplementedError

    @property
    def digest(self) -> str:
        """The digest that finds its chain."""
        return halves_of(self.refresh_token)["refresh"]

    def refresh(self, *, failpoint: str = "") -> Answer:
        """Refresh with the token that it has."""
        raise NotImplementedError

    def keep(self, answer: Answer) -> None:
        """Go on with the tokens of an answer."""
        if answer.status == 200:
            self.refresh_token = answer["refresh_token"]
            found = answer.json
            self.access_tokens += [found["access_token"]] if "access_token" in found else []

    def turn_to(self, sender: Sender) -> None:
        """Go on with what sends to another address."""
        self.sender = self._client.sender = sender

    def is_taken(self) -> bool:
        """Return whether all its access tokens are taken."""
        return all(use(self.sender, one).status == 200 for one in self.access_tokens)

    def is_dead(self) -> bool:
        """Return whether nothing that it was ever given is taken any more."""
        is_taken = any(use(self.sender, one).status == 200 for one in self.access_tokens)
        return not is_taken and (again := self.refresh()).status != 200 and not again.is_unavailable

    def is_live(self) -> bool:
        """Return whether its access tokens are taken, and it can refresh."""
        are_taken = self.is_taken()
        again = self.refresh()
        self.keep(again)
        return are_taken and again.status == 200


class _ApplicationFamily(_Tokens):
    refusals = {(400, "invalid_grant")}
    _client: ApplicationClient

    def __init__(self, sender: Sender) -> None:
        super().__init__(sender, new_user())
        self._client = new_application(sender)
        code = BrowserClient(sender, self.user).code(self._client.registered)
        self.keep(self._client.redeem(code))

    @property
    def application(self) -> Application:
        return self._client.registered.application

    def refresh(self, *, failpoint: str = "") -> Answer:
        return self._client.refresh(self.refresh_token, failpoint=failpoint)

    def end(self, *, failpoint: str = "") -> Answer:
        return self._client.revoke(self.refresh_token, failpoint=failpoint)


class _DeviceFamily(_Tokens):
    refusals = {(401, "invalid_refresh_token"), (401, "refresh_token_reused")}
    _client: DeviceClient

    def __init__(self, sender: Sender) -> None:
        person = with_account()
        super().__init__(sender, person.user)
        self._client = DeviceClient(sender, person)
        self.keep(self._client.sign_in())
        self.keep(self.refresh())

    def refresh(self, *, failpoint: str = "") -> Answer:
        return self._client.token(self.refresh_token, failpoint=failpoint)

    def end(self, *, failpoint: str = "") -> Answer:
        return self._client.sign_out(self.refresh_token, failpoint=failpoint)


def application_family(sender: Sender) -> Family:
    """Have a person approve an application, and redeem the code."""
    return _ApplicationFamily(sender)


def device_family(sender: Sender) -> Family:
    """Have a person sign in on a device, and get a token for their account."""
    return _DeviceFamily(sender)
