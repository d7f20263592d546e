"""The page of security settings as tests use it: its forms, and what it shows."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from oauthcore.models import TOTPFactor
from oauthcore.rules.sign_in import totp
from tests.support.factories import PASSWORD
from tests.support.pages.authenticator_app import AuthenticatorApp

SECURITY = "/oauth/security/"


def do(browser: Client, what: str, **fields: str) -> Any:
    """Send the form that says in ``do`` what it is for."""
    return browser.post(SECURITY, {"do": what, **fields})


def begin(browser: Client) -> AuthenticatorApp:
    """Show the password, and put the key that is shown then into an app."""
    assert do(browser, "begin", password=PASSWORD).status_code == 303
    return AuthenticatorApp(totp.key_from_text(key_on(browser.get(SECURITY))))


def key_on(page: Any) -> str:
    """Return the key as it stands on a page, or an empty text."""
    found = re.search(r'id="totp-key"[^>]*>(.*?)</output>', page.content.decode())
    return re.sub("<[^>]*>", "", found[1]) if found else ""


def codes_on(page: Any) -> list[str]:
    """Return the recovery codes that a page shows, best none."""
    found = re.search(r'id="recovery-codes"[^>]*>([^<]*)<', page.content.decode())
    return found[1].split() if found else []


def is_on() -> bool:
    """Return whether anybody's factor is on."""
    return TOTPFactor.objects.filter(confirmed_at__isnull=False).exists()
