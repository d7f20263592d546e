"""The app that tests sign in with: each method is one request, as an app would send it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.test import Client

from tests.support.factories import PASSWORD

HOME, AWAY = "192.0.2.1", "198.51.100.7"

#: MariaDB does not take it for a UUID: its variant is older than its version.
ODD_UUID = "12345678-1234-f234-7234-123456789012"

#: What the app says of the device it runs on.
PHONE = {"name": "Ada's phone", "platform": "ios", "app_version": "1.2.0"}


@dataclass(frozen=True)
class Answer:
    """What came back; ``json`` is None where there is no body."""

    status: int
    json: Any = field(repr=False)
    headers: Any = field(repr=False)
    body: bytes = b""

    @property
    def error(self) -> str:
        """The code of the error, empty where there is none."""
        return str(self.json.get("error", "")) if isinstance(self.json, dict) else ""

    @property
    def refused(self) -> tuple[int, str]:
        """Status and error code together."""
        return self.status, self.error

    @property
    def retry_after(self) -> str | None:
        """The header that says how long to wait."""
        found: str | None = self.headers.get("Retry-After")
        return found


class AppClient:
    """An app on one device at one address: ``sign_in``, ``mfa``, ``token``, ``sign_out``, ``devices`` …

    Members given as None are left out; what is sent besides goes into ``members``.
    """

    def __init__(
        self, client: Client | None = None, *, address: str = HOME, device: Any = PHONE, login: str = "ada"
    ) -> None:
        self.client = client or Client(raise_request_exception=False)
        self.address = address
        self.device = device
        self.login = login

    def call(
        self, method: str, path: str, members: Any = None, *, bearer: str | None = None, **headers: str
    ) -> Answer:
        """Send a request to ``/v1/auth/<path>``: members as JSON, text or bytes as they are."""
        if bearer is not None:
            headers["authorization"] = f"Bearer {bearer}"
        body = members if isinstance(members, str | bytes) else json.dumps(_without_none(members))
        response = self.client.generic(
            method,
            f"/v1/auth/{path}",
            b"" if members is None else body,
            content_type=headers.pop("content_type", "" if members is None else "application/json"),
            headers=headers,
            REMOTE_ADDR=self.address,
        )
        return answered(response)

    def sign_in(self, login: str | None = None, password: str | None = PASSWORD, **members: Any) -> Answer:
        """Sign in with login and password: the app's own login unless another is given."""
        given = {"login": self.login if login is None else login, "password": password}
        return self.call("POST", "sign_in", {**given, "device": self.device, **members})

    def mfa_token(self, login: str | None = None, **members: Any) -> str:
        """Take the first step and return the ``mfa_token``."""
        answer = self.sign_in(login, **members)
        assert answer.status == 200, answer.body
        return str(answer.json["mfa_token"])

    def mfa(self, mfa_token: Any, code: Any, **members: Any) -> Answer:
        """Take the second step."""
        return self.call("POST", "mfa", {"mfa_token": mfa_token, "code": code, **members})

    def token(self, refresh_token: Any, account_uuid: Any = None, **members: Any) -> Answer:
        """Trade a refresh token for an access token to an account."""
        return self.call(
            "POST", "token", {"refresh_token": refresh_token, "account_uuid": account_uuid, **members}
        )

    def access_token(self, signed_in: Answer | None = None, account_uuid: Any = None) -> str:
        """Return an access token to an account, the first one of a sign-in unless another is given."""
        signed_in = signed_in or self.sign_in()
        account_uuid = account_uuid or signed_in.json["accounts"][0]["uuid"]
        return str(self.token(signed_in.json["refresh_token"], account_uuid).json["access_token"])

    def sign_out(self, refresh_token: Any = None, *, bearer: str | None = None) -> Answer:
        """Sign out with a refresh token or an access token."""
        members = None if refresh_token is None else {"refresh_token": refresh_token}
        return self.call("POST", "sign_out", members, bearer=bearer)

    def devices(self, bearer: str | None) -> Answer:
        """List the person's devices."""
        return self.call("GET", "devices", bearer=bearer)

    def end_device(self, bearer: str | None, uuid: Any) -> Answer:
        """End one device."""
        return self.call("DELETE", f"devices/{uuid}", bearer=bearer)

    def end_other_devices(self, bearer: str | None) -> Answer:
        """End all devices but the one that asks."""
        return self.call("DELETE", "devices", bearer=bearer)

    def begin_totp(self, bearer: str | None, password: Any = PASSWORD) -> Answer:
        """Ask for a new seed."""
        return self.call("POST", "mfa/totp", {"password": password}, bearer=bearer)

    def confirm_totp(self, bearer: str | None, code: Any) -> Answer:
        """Switch TOTP on with its first code."""
        return self.call("POST", "mfa/totp/confirm", {"code": code}, bearer=bearer)

    def recovery_codes(self, bearer: str | None, code: Any, password: Any = PASSWORD) -> Answer:
        """Ask for new recovery codes."""
        return self.call("POST", "mfa/recovery_codes", {"password": password, "code": code}, bearer=bearer)

    def end_totp(self, bearer: str | None, code: Any, password: Any = PASSWORD) -> Answer:
        """Switch TOTP off."""
        return self.call("DELETE", "mfa/totp", {"password": password, "code": code}, bearer=bearer)

    def me(self, bearer: str | None) -> Answer:
        """Ask the API who one is."""
        headers = {} if bearer is None else {"authorization": f"Bearer {bearer}"}
        return answered(self.client.get("/v1/me", headers=headers, REMOTE_ADDR=self.address))


def answered(response: HttpResponseBase) -> Answer:
    """Read a response, which is JSON or empty."""
    body = bytes(getattr(response, "content", b""))
    return Answer(response.status_code, json.loads(body) if body else None, response.headers, body)


def _without_none(members: Any) -> Any:
    if not isinstance(members, dict):
        return members
    return {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in members.items()
        if value is not None
    }
