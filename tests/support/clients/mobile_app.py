"""A mobile app as its developer would write it from ``docs/signing-in.md``, with plain ``httpx``.

Its storage keeps the refresh token, which works once: the next one is written down before anything is done
with the answer it came in. Access tokens stay in memory, one for each account.
"""

from __future__ import annotations

import json
import time
from collections.abc import MutableMapping
from threading import Lock
from typing import Any

import httpx

Answer = dict[str, Any]

#: An access token with less left is not begun with.
SECONDS_TO_SPARE = 60


class SignedOut(Exception):
    """Nobody is signed in any more: ask for login and password again."""


class CodeWanted(Exception):
    """The password was right: ask for a code of one of these methods, and call ``show_code``."""

    def __init__(self, methods: list[str]) -> None:
        super().__init__(f"a code is wanted: {', '.join(methods)}")
        self.methods = methods


class Refused(Exception):
    """What the server said, for whoever writes the words that a person reads."""

    def __init__(self, error: str, retry_after: int = 0) -> None:
        super().__init__(error)
        self.error, self.retry_after = error, retry_after


class MobileApp:
    """An app on one device, on which one person at a time is signed in."""

    def __init__(self, http: httpx.Client, storage: MutableMapping[str, str], *, device: Answer) -> None:
        self._http, self._storage, self._device = http, storage, device
        self._mfa_token = ""
        self._access_tokens: dict[str, tuple[str, float]] = {}
        self._refreshing = Lock()

    @property
    def accounts(self) -> list[Answer]:
        """The accounts the person may work on, as of the sign-in: nothing gives this list again."""
        found: list[Answer] = json.loads(self._storage.get("accounts", "[]"))
        return found

    def sign_in(self, login: str, password: str) -> None:
        """Sign a person in; raise CodeWanted where their second factor is on."""
        answer = self._post("sign_in", login=login, password=password, device=self._device)
        if answer.get("mfa_required"):
            self._mfa_token = answer["mfa_token"]
            raise CodeWanted(answer["methods"])
        self._keep_session(answer)

    def show_code(self, code: str) -> None:
        """Take the second step; after ``invalid_mfa_token`` one begins with the password again."""
        self._keep_session(self._post("mfa", mfa_token=self._mfa_token, code=code))

    def call(self, method: str, path: str, *, account: str, **options: Any) -> httpx.Response:
        """Call the API for an account, with a new access token where the old one is over."""
        answer = self._send(method, path, self._access_token(account), **options)
        # Once, and for this reason alone: a 401 may be about a password or a code that was sent.
        if answer.status_code == 401 and answer.json()["error"] == "invalid_token":
            self._access_tokens.pop(account, None)
            answer = self._send(method, path, self._access_token(account), **options)
        return answer

    def devices(self) -> list[Answer]:
        """Return the devices on which the person is signed in."""
        found: list[Answer] = self._about_devices("GET", "").json()["devices"]
        return found

    def end_device(self, uuid: str) -> None:
        """Sign the person out on one of their devices."""
        self._about_devices("DELETE", f"/{uuid}")

    def end_other_devices(self) -> None:
        """Sign the person out everywhere but here."""
        self._about_devices("DELETE", "")

    def sign_out(self) -> None:
        """Sign the person out here, whatever the server says, and if nobody answers too."""
        try:
            self._post("sign_out", refresh_token=self._storage["refresh_token"])
        except (httpx.TransportError, Refused):
            pass
        finally:
            self._forget()

    def _about_devices(self, method: str, path: str) -> httpx.Response:
        return self.call(method, f"/v1/auth/devices{path}", account=self.accounts[0]["uuid"])

    def _access_token(self, account: str) -> str:
        with self._refreshing:  # two at once would look like a thief and the person
            token, ends_at = self._access_tokens.get(account, ("", 0.0))
            return token if time.monotonic() < ends_at - SECONDS_TO_SPARE else self._refresh(account)

    def _refresh(self, account: str) -> str:
        if "refresh_token" not in self._storage:
            raise SignedOut
        try:
            answer = self._post("token", refresh_token=self._storage["refresh_token"], account_uuid=account)
        except Refused as refusal:
            if refusal.error in ("invalid_refresh_token", "refresh_token_reused"):
                self._forget()
                raise SignedOut from refusal
            if refusal.error == "account_not_allowed":
                self._keep_accounts([one for one in self.accounts if one["uuid"] != account])
            raise
        self._storage["refresh_token"] = answer["refresh_token"]
        self._access_tokens[account] = (answer["access_token"], time.monotonic() + answer["expires_in"])
        return str(answer["access_token"])

    def _keep_session(self, answer: Answer) -> None:
        self._storage["refresh_token"] = answer["refresh_token"]
        self._keep_accounts(answer["accounts"])
        self._mfa_token, self._access_tokens = "", {}

    def _keep_accounts(self, accounts: list[Answer]) -> None:
        self._storage["accounts"] = json.dumps(accounts)

    def _forget(self) -> None:
        self._storage.clear()
        self._access_tokens.clear()

    def _post(self, path: str, **members: Any) -> Answer:
        answer = self._http.post(f"/v1/auth/{path}", json=members)
        body: Answer = answer.json()
        if answer.is_error:
            raise Refused(body["error"], int(answer.headers.get("Retry-After", 0)))
        return body

    def _send(self, method: str, path: str, token: str, **options: Any) -> httpx.Response:
        return self._http.request(method, path, headers={"Authorization": f"Bearer {token}"}, **options)
