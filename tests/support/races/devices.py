"""Devices that many threads refresh, and what each was given."""

from __future__ import annotations

from typing import Any

from oauthcore.models import Grant
from tests.support.oauth import is_live
from tests.support.races.signing_in import from_anywhere
from tests.support.sign_in.people import Person


class Device:
    """A device on which a person has signed in, and what it was given last."""

    def __init__(self, person: Person) -> None:
        self.account = person.account.pk
        signed_in = from_anywhere(person.user.username).sign_in().json
        self.refresh_token = signed_in["refresh_token"]
        self.grant = Grant.objects.get(uuid=signed_in["device"]["uuid"])
        self.access_tokens: list[str] = []
        self.keep(self.refresh())

    def refresh(self, refresh_token: str = "") -> Any:
        """Trade the refresh token it has, or another one."""
        return from_anywhere().token(refresh_token or self.refresh_token, self.account)

    def keep(self, answer: Any) -> None:
        """Go on with what an answer has given."""
        if answer.status == 200:
            self.refresh_token = answer.json["refresh_token"]
            self.access_tokens.append(answer.json["access_token"])

    @property
    def is_over(self) -> bool:
        """Whether nothing that it was ever given is taken any more."""
        self.grant.refresh_from_db()
        return not any(map(is_live, self.access_tokens)) and self.refresh().status == 401
