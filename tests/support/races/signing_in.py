"""People whose login is tried by many at once, and what of it was looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Any

import pytest

from oauthcore.flows.second_factor.challenges import ask_for_second_factor
from oauthcore.flows.second_factor.codes import TOTPAndRecoveryCodes
from oauthcore.models import Grant, MFAChallenge
from oauthcore.rules.sign_in.devices import DeviceDescriptor
from tests.support.sign_in.client import Answer, AppClient

#: No limit of signing in gets in the way of a test that is about something else.
UNLIMITED = {
    "LOGIN_ADDRESS_LIMIT": (100_000, 300),
    "LOGIN_LIMIT": (100_000, 300),
    "LOGIN_STRANGER_LIMIT": (100_000, 300),
    "SECOND_FACTOR_LIMIT": (100_000, 3600),
}

#: The first statement of whatever waits until nobody looks at a person's codes.
HOLDING_CODES = "INSERT INTO oauthcore_limitwindow"

# What is written while the codes are held: the try at its challenge, then the right code of an app.
CHALLENGE = ("UPDATE oauthcore_mfachallenge",)
ANSWERING = ("UPDATE oauthcore_totpfactor",)

_numbers = count(1)


def from_anywhere(login: str = "ada", *, address: str = "192.0.2.1") -> AppClient:
    """Return the app on a device of its own, which no other thread uses."""
    device = {"name": f"Phone {next(_numbers)}", "platform": "ios"}
    return AppClient(login=login, address=address, device=device)


def mfa_tokens_of(user: Any, number: int) -> list[str]:
    """Open so many challenges of a person, each for a device of its own; return their tokens."""
    asked = [
        ask_for_second_factor(
            user, MFAChallenge.Channel.APP, DeviceDescriptor(name=f"Phone {next(_numbers)}")
        )
        for _ in range(number)
    ]
    return [one.mfa_token.reveal() for one in asked if one is not None]


def answering(login: str, tokens: Sequence[str], code: str) -> list[Callable[[], Answer]]:
    """Return one act for each token: the code is sent with it."""
    return [partial(from_anywhere(login).mfa, token, code) for token in tokens]


def outcomes(answers: Sequence[Answer]) -> Counter[tuple[int, str]]:
    """Return how often each status came with each error; a 429 must say how long to wait."""
    for one in answers:
        assert one.status != 429 or int(one.retry_after or 0) >= 1
    return Counter(one.refused for one in answers)


def sessions_of(user: Any) -> int:
    """Return how many device sessions a person has, live or not."""
    return Grant.objects.filter(user=user, kind=Grant.Kind.SESSION).count()


def watch_codes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the codes that are looked at from now on."""
    looked_at: list[str] = []
    use = TOTPAndRecoveryCodes.use

    def watched(self: TOTPAndRecoveryCodes, user: Any, code: str) -> str | None:
        looked_at.append(code)
        return use(self, user, code)

    monkeypatch.setattr(TOTPAndRecoveryCodes, "use", watched)
    return looked_at
