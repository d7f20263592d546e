"""The app on somebody's phone that shows the codes of their second factor, and the codes on their paper."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client
from django.utils import timezone

from oauthcore.models import TOTPFactor
from oauthcore.rules.sign_in import recovery_codes, totp
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.factories import PASSWORD

STEP = "/oauth/second-step"


@dataclass
class AuthenticatorApp:
    """What a person has who has switched their second factor on."""

    key: bytes = field(repr=False)
    recovery_codes: list[str] = field(default_factory=list, repr=False)

    def code(self, *, steps: int = 0) -> str:
        """Return what the app shows, or shows so many steps of 30 seconds from now."""
        return totp.code_at(self.key, int(timezone.now().timestamp()) // totp.STEP + steps)

    def wrong_code(self) -> str:
        """Return six digits that are right nowhere near now."""
        near = {self.code(steps=steps) for steps in range(-3, 4)}
        return next(text for text in ("000000", "111111", "222222") if text not in near)


def switch_on(user: Any) -> AuthenticatorApp:
    """Switch a person's second factor on, as if long ago."""
    now = timezone.now()
    key = TOTPFactor.prepare(user, now=now)
    factor = TOTPFactor.of(user)
    assert key
    assert factor
    codes = [recovery_codes.make().reveal() for _ in range(recovery_codes.HOW_MANY)]
    factor.replace_recovery_codes(map(HiddenText, codes))
    TOTPFactor.objects.filter(pk=factor.pk).update(confirmed_at=now)
    return AuthenticatorApp(key, codes)


def new_recovery_code(user: Any) -> str:
    """Return a recovery code for somebody whose factor is on, in place of those they had.

    It is for tests that need more codes than an app shows in a moment.
    """
    code, factor = recovery_codes.make().reveal(), TOTPFactor.of(user)
    if factor is not None:
        factor.replace_recovery_codes([HiddenText(code)])
    return code


def show_password(browser: Client, username: str = "ada", *, next_url: str = "") -> Any:
    """Take the first step of logging in."""
    fields = {"username": username, "password": PASSWORD, "next": next_url}
    return browser.post("/login", {name: value for name, value in fields.items() if value})


def next_in(response: Any) -> str:
    """Return where the login leads to that somebody is sent to."""
    return parse_qs(urlsplit(response["Location"]).query)["next"][0]


def whose(browser: Client) -> str:
    """Return who the site says is logged in, by what they are shown: a name, or an empty text for nobody."""
    page = browser.get("/oauth/connections/")
    if page.status_code != 200:
        return ""
    found = re.search(r'<bdi class="name">([^<]*)</bdi>', page.content.decode())
    return found[1] if found else ""
