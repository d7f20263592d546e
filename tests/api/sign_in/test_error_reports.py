"""What a site's admins are mailed when signing in breaks: no password, no code, no seed, no token.

Wire §1. JSON bodies are none of what Django's own filters look at.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.base_user import BaseUserManager
from django.core.signals import got_request_exception
from django.db.models import QuerySet
from django.test import Client
from django.views.debug import ExceptionReporter

from oauthcore.api.wire import requests
from oauthcore.flows.second_factor.totp_settings import TOTPFactor, is_ours
from oauthcore.flows.sign_in import device_sessions, session_tokens
from oauthcore.models import KnownAddress, MFAChallenge, Token, encryption
from oauthcore.rules.sign_in import recovery_codes, totp
from oauthcore.rules.wire.members import Members
from tests.support.factories import PASSWORD
from tests.support.sign_in.client import AppClient
from tests.support.sign_in.people import Person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("error reports are made of Python frames"),
]


class Broken(Exception):
    """Not an error that anybody expects."""


class Waiting:
    """Tess with everything there is to send, and what of it is secret."""

    def __init__(self, tess: Person, clock: Any) -> None:
        self.app = AppClient(login="tess")
        signed_in = self.app.mfa(self.app.mfa_token(), tess.code())
        self.refresh_token = signed_in.json["refresh_token"]
        answer = self.app.token(self.refresh_token, tess.account.pk)
        self.bearer, self.refresh_token = answer.json["access_token"], answer.json["refresh_token"]
        clock.shift(30)
        self.account = tess.account.pk
        self.mfa_token = self.app.mfa_token()
        self.code, self.recovery_code = tess.code(), tess.recovery_codes[0]
        self.key = tess.key
        self.secrets = [self.bearer, self.refresh_token, self.mfa_token, self.code, self.recovery_code]

    def log_in(self) -> Any:
        """Log in at the page."""
        client = Client(raise_request_exception=False)
        return client.post("/login", {"username": "tess", "password": PASSWORD})

    def second_step(self) -> Any:
        """Take the second step at the page."""
        client = Client(raise_request_exception=False)
        client.post("/login", {"username": "tess", "password": PASSWORD})
        return client.post("/oauth/second-step", {"code": self.code})


Call = Callable[[Waiting], Any]

CALLS: list[tuple[str, Any, str, Call]] = [
    ("reading the body", requests.strict_json, "loads", lambda it: it.app.sign_in()),
    ("reading a member", Members, "check", lambda it: it.app.sign_in()),
    ("a login", QuerySet, "first", lambda it: it.app.sign_in()),
    ("an address", KnownAddress, "is_known", lambda it: it.app.sign_in()),
    ("Django's backend", BaseUserManager, "get_by_natural_key", lambda it: it.app.sign_in()),
    (
        "the hasher",
        hashers,
        "verify_password",
        lambda it: it.app.sign_in(),
    ),
    ("the hasher of the page", hashers, "verify_password", Waiting.log_in),
    ("opening a challenge", MFAChallenge, "open", lambda it: it.app.sign_in()),
    ("finding a challenge", MFAChallenge, "find", lambda it: it.app.mfa(it.mfa_token, it.code)),
    ("working out a code", totp, "code_at", lambda it: it.app.mfa(it.mfa_token, it.code)),
    ("a library", totp.TOTP, "generate", lambda it: it.app.mfa(it.mfa_token, it.code)),
    ("a code at the page", totp.TOTP, "generate", Waiting.second_step),
    ("decrypting", encryption, "_keys", lambda it: it.app.mfa(it.mfa_token, it.code)),
    ("accepting a code", TOTPFactor, "use_step", lambda it: it.app.mfa(it.mfa_token, it.code)),
    ("a recovery code", recovery_codes, "digest_of", lambda it: it.app.mfa(it.mfa_token, it.recovery_code)),
    ("opening a session", device_sessions, "new_chain", lambda it: it.app.mfa(it.mfa_token, it.code)),
    ("noting a session", device_sessions.events, "note_added", lambda it: it.app.mfa(it.mfa_token, it.code)),
    ("a refresh token", Token, "find_of_device", lambda it: it.app.token(it.refresh_token, it.account)),
    ("the next one", session_tokens, "make_tokens", lambda it: it.app.token(it.refresh_token, it.account)),
    ("signing out", Token, "find_of_device", lambda it: it.app.sign_out(it.refresh_token)),
    ("a token", Token, "find_access", lambda it: it.app.devices(it.bearer)),
    ("encrypting", encryption, "_keys", lambda it: it.app.begin_totp(it.bearer)),
    ("showing a seed", totp, "provisioning_uri", lambda it: it.app.begin_totp(it.bearer)),
    ("confirming", TOTPFactor, "confirm", lambda it: it.app.confirm_totp(it.bearer, it.code)),
    ("storing codes", QuerySet, "bulk_create", lambda it: it.app.recovery_codes(it.bearer, it.code)),
    ("switching off", TOTPFactor, "use_step", lambda it: it.app.end_totp(it.bearer, it.code)),
]


@pytest.fixture
def reports() -> Iterator[list[str]]:
    """The reports that are made: their text, and the variables of every frame that is not this test's."""
    made: list[str] = []

    def report(request: Any, **_: Any) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info(), is_email=True)
        frames = [frame for frame in reporter.get_traceback_frames() if "/tests/" not in frame["filename"]]
        made.append(reporter.get_traceback_text() + repr([frame["vars"] for frame in frames]))

    got_request_exception.connect(report)
    yield made
    got_request_exception.disconnect(report)


@pytest.mark.parametrize(("_", "broken", "name", "call"), CALLS, ids=[one[0] for one in CALLS])
def test_the_report_of_an_unforeseen_error_repeats_no_secret(
    reports: list[str],
    monkeypatch: pytest.MonkeyPatch,
    person_with_totp: Person,
    clock: Any,
    _: str,
    broken: Any,
    name: str,
    call: Call,
) -> None:
    waiting = Waiting(person_with_totp, clock)
    if "begin" in str(call.__code__.co_names) or name == "confirm":
        TOTPFactor.objects.update(confirmed_at=None)
    made = [recovery_codes.make() for _ in range(10)]
    monkeypatch.setattr(recovery_codes, "make", iter(made * 2).__next__)
    monkeypatch.setattr(totp, "new_key", lambda: waiting.key)
    clock.shift(30)
    waiting.code = person_with_totp.code()
    monkeypatch.setattr(broken, name, Mock(side_effect=Broken))

    call(waiting)

    (report,) = reports
    keys = [totp.key_as_text(waiting.key), repr(waiting.key)[2:-1], base64.b64encode(waiting.key).decode()]
    secrets = [*waiting.secrets, waiting.code, PASSWORD, *keys, *(one.reveal() for one in made)]
    assert is_ours()
    assert "Broken" in report
    assert [one for one in secrets if one in report] == []
