"""Guessing passwords, wherever one is taken."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.support.sign_in.client import HOME, Answer, AppClient

REFUSED, THROTTLED = (401, "invalid_credentials"), (429, "throttled")


def guess(login: str = "ada", *, address: str = HOME, times: int = 1, **headers: str) -> Answer:
    """Try wrong passwords in an app; return the last answer."""
    app = AppClient(address=address)
    members = {"login": login, "password": "wrong", "device": app.device}
    return [app.call("POST", "sign_in", members, **headers) for _ in range(times)][-1]


def log_in(login: str = "ada", password: str = "wrong", *, address: str = HOME) -> Any:
    """Try at the login page."""
    return Client(REMOTE_ADDR=address).post("/login", {"username": login, "password": password})
