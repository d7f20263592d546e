"""A device on which somebody is signed in, and what it was given last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from oauthcore.models import Grant, Token
from tests.support.oauth import is_live
from tests.support.sign_in.client import Answer, AppClient


class Phone:
    """A signed-in device: it keeps the newest refresh token, as an app should, and every access token."""

    def __init__(self, person: Any, *, name: str = "Ada's phone", **device: Any) -> None:
        self.person = person
        self.app = AppClient(
            login=person.user.get_username(), device={"name": name, "platform": "ios", **device}
        )
        signed_in = self.app.sign_in()
        assert signed_in.status == 200, signed_in.body
        self.signed_in = signed_in.json
        self.uuid: str = signed_in.json["device"]["uuid"]
        self.refresh_token: str = signed_in.json["refresh_token"]
        self.access_tokens: list[str] = []

    @property
    def grant(self) -> Grant:
        """The grant of its session, as it stands now."""
        return Grant.objects.get(uuid=self.uuid)

    @property
    def chain(self) -> Token:
        """The one row of its refresh tokens."""
        return Token.objects.get(grant__uuid=self.uuid, kind=Token.Kind.REFRESH)

    @property
    def is_signed_in(self) -> bool:
        """Whether it still gets tokens; asking turns its refresh token."""
        return self.refresh().status == 200

    def try_(self, refresh_token: str | None = None, account: Any = None) -> Answer:
        """Show a refresh token, and keep nothing of the answer."""
        account = account or self.person.account
        return self.app.token(refresh_token or self.refresh_token, account.pk)

    def refresh(self, account: Any = None) -> Answer:
        """Trade the newest refresh token for an access token to an account, and go on with what it gives."""
        answer = self.try_(account=account)
        if answer.status == 200:
            self.refresh_token = answer.json["refresh_token"]
            self.access_tokens.append(answer.json["access_token"])
        return answer

    def access_token(self, account: Any = None) -> str:
        """Return a new access token to an account."""
        answer = self.refresh(account)
        assert answer.status == 200, answer.body
        return self.access_tokens[-1]

    def live_tokens(self) -> list[bool]:
        """Return of each access token it ever got whether the API takes it."""
        return [is_live(text) for text in self.access_tokens]


def moment(text: str) -> datetime:
    """Read a time as the API writes it."""
    assert text.endswith("Z")
    return datetime.fromisoformat(text)
