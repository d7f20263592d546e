"""A television: it begins, shows its code, asks whether it may, and its person answers at their browser."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from tests.support.factories import Registered, UserFactory, register, register_public
from tests.support.oauth import post

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
BEGIN = "/oauth/device_authorization"
PAGE = "/oauth/device"


def register_television(**values: Any) -> Registered:
    """Register a public application for devices, without a redirect URI."""
    named: dict[str, Any] = {"name": "Living Room", "grant_types": [GRANT_TYPE, "refresh_token"]}
    return register_public(**{**named, "redirect_uris": [], **values})


def register_server(**values: Any) -> Registered:
    """Register a confidential application that asks for its devices."""
    named: dict[str, Any] = {"name": "Set-top Box", "grant_types": [GRANT_TYPE, "refresh_token"]}
    return register(**{**named, "redirect_uris": [], **values})


class Television:
    """One device of an application: ``begin``, then ``poll`` until its person has answered."""

    def __init__(self, registered: Registered | None = None, *, address: str = "198.51.100.7") -> None:
        self.registered = registered or register_television()
        self.address = address
        self.codes: dict[str, Any] = {}

    def begin(self, **changes: Any) -> Any:
        """Begin, and keep the codes where it was let."""
        sent = {**self.registered.credentials, "scope": "read", **changes}
        answer = Client(REMOTE_ADDR=self.address).post(
            BEGIN, {name: value for name, value in sent.items() if value is not None}
        )
        if answer.status_code == 200:
            self.codes = answer.json()
        return answer

    @property
    def user_code(self) -> str:
        """What it shows."""
        return str(self.codes["user_code"])

    def poll(self, **changes: Any) -> Any:
        """Ask for its tokens."""
        sent = {"grant_type": GRANT_TYPE, "device_code": self.codes["device_code"]}
        return post("/oauth/token", {**self.registered.credentials, **sent, **changes})

    def error(self, **changes: Any) -> str:
        """Ask for its tokens, and return what it is told instead."""
        answer = self.poll(**changes)
        assert answer.status_code == 400, answer.content
        return str(answer.json()["error"])


class Viewer:
    """A person at the browser of their phone or computer."""

    def __init__(self, user: Any = None, *, address: str = "203.0.113.9") -> None:
        self.user = user or UserFactory()
        self.browser = Client(REMOTE_ADDR=address)
        self.browser.force_login(self.user)

    def open(self, **query: str) -> Any:
        """Open the page, as a link would."""
        return self.browser.get(PAGE, query)

    def type(self, user_code: str) -> Any:
        """Type a code."""
        return self.browser.post(PAGE, {"user_code": user_code})

    def answer(self, page: Any, decision: str = "approve", **changes: Any) -> Any:
        """Answer the page that shows who asks."""
        form = {
            "user_code": page.context["user_code"],
            "transaction": page.context["transaction"],
            "scope": ["read"],
            "decision": decision,
            **changes,
        }
        return self.browser.post(PAGE, {name: value for name, value in form.items() if value is not None})

    def approve(self, user_code: str, **changes: Any) -> Any:
        """Type the code, look, and say yes."""
        return self.answer(self.type(user_code), **changes)


def problem_on(page: Any) -> str:
    """Return what the page says is wrong with the code."""
    found = re.search(r'id="user-code-problem"[^>]*>([^<]*)<', page.content.decode())
    return found[1] if found else ""
