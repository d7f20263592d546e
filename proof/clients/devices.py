"""An app on a device: signing in with password and second factor, tokens for an account, signing out."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

from oauthcore.rules.sign_in import totp
from proof.clients.people import Person
from proof.clients.sending import Answer, Sender
from proof.ledger import halves_of, input_of
from tests.support.factories import PASSWORD

_numbers = count(1)


class DeviceClient:
    """One device of a person, at an address of its own."""

    def __init__(self, sender: Sender, person: Person, *, address: str = "") -> None:
        self.person = person
        self.address = address or sender.new_address()
        self.name = f"Phone {next(_numbers)}"
        self.sender = sender

    def sign_in(self, password: str = PASSWORD, *, failpoint: str = "") -> Answer:
        """Show the password. With a second factor the answer has an ``mfa_token``."""
        members = {
            "login": self.person.user.username,
            "password": password,
            "device": {"name": self.name, "platform": "ios"},
        }
        return self._send("sign_in", "sign_in", members, failpoint)

    def mfa(self, mfa_token: str, code: str, *, failpoint: str = "") -> Answer:
        """Show a code of the authenticator app, or a recovery code."""
        members = {"mfa_token": mfa_token, "code": code}
        step = step_of(self.person, code)
        flow = "mfa" if totp.is_code(code) else "recovery"
        known = {"input": input_of(code), "challenge": input_of(mfa_token), "step": step}
        return self._send(flow, "mfa", members, failpoint, **known)

    def token(self, refresh_token: str, *, failpoint: str = "") -> Answer:
        """Trade a refresh token for an access token to the account."""
        members = {"refresh_token": refresh_token, "account_uuid": str(self.person.account.pk)}
        turn = halves_of(refresh_token)["turn"]
        return self._send("device_token", "token", members, failpoint, input=turn)

    def sign_out(self, refresh_token: str, *, failpoint: str = "") -> Answer:
        """End the session."""
        turn = halves_of(refresh_token)["turn"]
        return self._send("sign_out", "sign_out", {"refresh_token": refresh_token}, failpoint, input=turn)

    def _send(self, flow: str, path: str, members: dict[str, Any], failpoint: str, **known: Any) -> Answer:
        return self.sender.send(
            flow,
            "POST",
            f"/v1/auth/{path}",
            members=members,
            address=self.address,
            failpoint=failpoint,
            who=str(self.person.user.pk),
            **known,
        )


def step_of(person: Person, code: str) -> int | None:
    """Return the time step near now whose code this is; None for a recovery code or a wrong one."""
    if not person.key:
        return None
    now = int(time.time()) // totp.STEP
    near = {person.code(steps=steps): now + steps for steps in range(-2, 3)}
    return near.get(code)
