"""The forms about passkeys, filled in and sent."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth import get_user
from django.test import Client

from tests.support.factories import PASSWORD
from tests.support.pages.authenticator_app import STEP, new_recovery_code, show_password
from tests.support.passkeys.authenticator import SecurityKey

NEW = "/oauth/security/passkeys/new"
SECURITY = "/oauth/security/"


def begin(browser: Client, **changes: str) -> Any:
    code = new_recovery_code(get_user(browser))
    return browser.post(NEW, {"name": "Key ring", "password": PASSWORD, "code": code, **changes})


def add(browser: Client, key: SecurityKey) -> Any:
    return browser.post(NEW, {"passkey": key.register(json.loads(begin(browser).context["options"]))})


def at_second_step() -> tuple[Client, Any]:
    """Return a browser in which ada has shown her password, and the options for her passkey."""
    client = Client()
    show_password(client)
    return client, options_of(client.get(STEP))


def options_of(page: Any) -> Any:
    return json.loads(page.context["passkey_options"])
