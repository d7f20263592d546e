"""Everything that the model knows."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.support.fuzzing.model import Access, Account, App, Chain, Challenge, Grant, Person
from tests.support.fuzzing.requests import Code, DeviceCode, Pushed


@dataclass(eq=False)
class World:
    """Everything that there is."""

    apps: list[App] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    device_codes: list[DeviceCode] = field(default_factory=list)
    pushed: list[Pushed] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
    tokens: list[Access] = field(default_factory=list)
    challenges: list[Challenge] = field(default_factory=list)

    def end_all_of(self, app: App, person: Person) -> None:
        """End every grant that a person gave an application."""
        for grant in self.grants:
            if grant.app is app and grant.person is person:
                grant.is_ended = True

    def found_by(self, text: str) -> Access | Chain | None:
        """Return the token of a text: an access token, or the chain of a refresh token, spent or not."""
        for token in self.tokens:
            if token.text == text:
                return token
        for chain in self.chains:
            if text == chain.current or text in chain.spent:
                return chain
        return None
