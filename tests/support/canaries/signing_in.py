"""Signing in from an app, in a site's life: a second factor, sessions on devices, and what breaks."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from oauthcore.models import MFAChallenge, Token, TOTPFactor
from oauthcore.rules.sign_in import totp
from tests.support.canaries.life import WRONG, breaks
from tests.support.factories import UserFactory
from tests.support.reference_site.factories import MembershipFactory

PASSWORD = "vB6nMq1ZsXw3EdCr5TgYh7"


class SigningIn:
    """Tess, who has a second factor: what she does, and the secrets that come of it."""

    def __init__(self) -> None:
        self.user = UserFactory(username="tess", email="tess@example.org", password=PASSWORD)
        self.account = str(MembershipFactory(user=self.user).account.pk)
        self.client = Client(raise_request_exception=False)
        self.browser = Client(raise_request_exception=False)
        self.secrets = {"password of an app": PASSWORD}
        self.step = int(timezone.now().timestamp()) // totp.STEP - 1
        self.key, self.spare = b"", ""

    def _call(self, method: str, path: str, bearer: str = "", **members: Any) -> Any:
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        response = self.client.generic(
            method, f"/v1/auth/{path}", json.dumps(members), "application/json", headers=headers
        )
        return response.json() if response.content else {}

    def _sign_in(self, password: str = PASSWORD, name: str = "Pocket phone") -> Any:
        device = {"name": name, "platform": "ios"}
        return self._call("POST", "sign_in", login="tess", password=password, device=device)

    def _code(self) -> str:
        """Return a code that was not used yet: there are three at any moment."""
        self.step += 1
        return totp.code_at(self.key, self.step)

    def live(self) -> None:
        """Switch the factor on, sign in with it, in the app and in the browser, and work."""
        self._sign_in(WRONG)
        first = self._sign_in()
        tokens = self._call("POST", "token", refresh_token=first["refresh_token"], account_uuid=self.account)
        bearer = tokens["access_token"]
        begun = self._call("POST", "mfa/totp", bearer, password=PASSWORD)
        self.key = base64.b32decode(begun["secret"])
        codes = self._call("POST", "mfa/totp/confirm", bearer, code=self._code())["recovery_codes"]
        waiting = self._sign_in()["mfa_token"]
        spent = self._sign_in(name="Tablet")["mfa_token"]
        self._call("POST", "mfa", mfa_token=spent, code=codes[0])
        self.browser.post("/login", {"username": "tess", "password": PASSWORD})
        self.browser.post("/oauth/second-step", {"code": codes[1]})
        self.spare = codes[4]
        self.secrets |= {
            "seed": begun["secret"],
            "key": self.key.decode("latin-1"),
            "key in base64": base64.b64encode(self.key).decode(),
            "used recovery code": codes[0],
            "recovery code": codes[2],
            "recovery code as it is looked up": codes[3].replace("-", ""),
            "mfa_token": waiting,
            "spent mfa_token": spent,
            "spent refresh token of a device": first["refresh_token"],
            "refresh token of a device": tokens["refresh_token"],
            "access token of a device": bearer,
        }

    def misuse(self) -> None:
        """Send every secret into the slots of signing in."""
        for text in self.secrets.values():
            device = {"name": "Phone", "platform": "ios"}
            self._call("POST", "sign_in", login="nobody", password=text, device=device)
            self._call("POST", "mfa", mfa_token=text, code=text)
            self._call("POST", "mfa", mfa_token=self.secrets["mfa_token"], code=text)
            self._call("POST", "token", refresh_token=text, account_uuid=text)
            for path in ("mfa/totp", "mfa/totp/confirm", "mfa/recovery_codes"):
                self._call("POST", path, text, password=text, code=text)
            self._call("GET", f"devices?refresh_token={text}", text)
            self.browser.post("/oauth/second-step", {"code": text})

    def come_back(self) -> None:
        """Sign in once more, for what was sent where it does not belong has ended the sessions."""
        self._call("POST", "mfa", mfa_token=self._sign_in()["mfa_token"], code=self.spare)

    def break_down(self, monkeypatch: pytest.MonkeyPatch) -> int:
        """Send secrets while something breaks; return how often it did."""
        sent = self.secrets
        factor: dict[str, Any] = {"mfa_token": self._sign_in(name="Laptop")["mfa_token"]}
        calls: list[tuple[Any, str, Callable[[], Any]]] = [
            (QuerySet, "first", self._sign_in),
            (hashers, "verify_password", self._sign_in),
            (MFAChallenge, "open", self._sign_in),
            (totp, "code_at", lambda: self._call("POST", "mfa", code=code, **factor)),
            (TOTPFactor, "use_step", lambda: self._call("POST", "mfa", code=code, **factor)),
            (
                TOTPFactor,
                "use_recovery_code",
                lambda: self._call("POST", "mfa", code=sent["recovery code"], **factor),
            ),
            (
                Token,
                "find_of_device",
                lambda: self._call("POST", "sign_out", refresh_token=sent["refresh token of a device"]),
            ),
        ]
        answers = []
        for owner, name, call in calls:
            code = totp.code_at(self.key, self.step + 1)
            with monkeypatch.context() as breaking:
                breaking.setattr(owner, name, breaks)
                answers.append(call())
        return [one.get("error") for one in answers].count("server_error")
