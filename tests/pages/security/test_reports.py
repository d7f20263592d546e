"""What a site's admins are mailed when the security pages break: no password, no code, no seed.

Every statement of every form fails once, as nothing of ours expects it to.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.db import ProgrammingError
from django.test import Client
from django.views.debug import ExceptionReporter

from oauthcore.models import Passkey, TOTPFactor
from oauthcore.rules.sign_in import totp
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages.authenticator_app import AuthenticatorApp, switch_on
from tests.support.statements import failing_at

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.sqlite_only("error reports are made of Python frames"),
]

PAGE = "/oauth/security/"


class Reporter(ExceptionReporter):
    """Gathers once what it is asked for twice here, by the test and for the text: it takes long."""

    data: dict[str, Any] | None = None

    def get_traceback_data(self) -> dict[str, Any]:
        """Return what a report is made of."""
        self.data = self.data or super().get_traceback_data()
        return self.data


@pytest.fixture
def reports() -> Iterator[list[str]]:
    """The reports that are made, without the frames of tests."""
    made: list[str] = []

    def report(request: Any, **_: Any) -> None:
        reporter = Reporter(request, *sys.exc_info(), is_email=True)
        frames = reporter.get_traceback_data()["frames"]
        ours = [frame["vars"] for frame in frames if "/tests/" not in frame["filename"]]
        about_request = reporter.get_traceback_text().rpartition("Request information")[2]
        made.append(repr(ours) + about_request)

    got_request_exception.connect(report)
    yield made
    got_request_exception.disconnect(report)


class Somebody:
    """A browser at which somebody is logged in, and what they have."""

    def __init__(self, *, is_on: bool) -> None:
        self.user = UserFactory()
        self.browser = Client(raise_request_exception=False)
        self.browser.force_login(self.user)
        self.app = switch_on(self.user) if is_on else self.begin()

    def begin(self) -> AuthenticatorApp:
        """Begin to set the second factor up."""
        self.browser.post(PAGE, {"do": "begin", "password": PASSWORD})
        factor: Any = TOTPFactor.of(self.user)
        return AuthenticatorApp(factor.key())

    def has_passkey(self) -> int:
        """Give them a passkey that nobody will use; return its number."""
        name = self.user.username
        passkey: Any = Passkey.add(
            self.user, name=name, credential_id=name.encode(), credential=b"", sign_count=0
        )
        return int(passkey.pk)

    def send(self, path: str, fields: dict[str, str]) -> tuple[Any, list[str]]:
        """Fill a form in and send it; return the answer, and what was secret in it."""
        code = self.app.recovery_codes[0] if self.app.recovery_codes else self.app.code()
        values = {"password": PASSWORD, "code": code, "name": "Key", "do": fields.get("do", "")}
        sent = self.browser.post(path, {name: values[name] for name in fields})
        return sent, [PASSWORD, code, totp.key_as_text(self.app.key), repr(self.app.key)[2:-1]]


@pytest.mark.parametrize(
    ("is_on", "path", "fields"),
    [
        (False, PAGE, {"do": "begin", "password": ""}),
        (False, PAGE, {"do": "confirm", "code": ""}),
        (True, PAGE, {"do": "renew", "password": "", "code": ""}),
        (True, PAGE, {"do": "switch_off", "password": "", "code": ""}),
        (True, f"{PAGE}passkeys/new", {"name": "", "password": "", "code": ""}),
        (True, f"{PAGE}passkeys/<number>/remove", {"password": ""}),
    ],
)
def test_the_report_of_a_form_that_breaks_repeats_no_secret(
    reports: list[str], settings: Any, clock: Any, is_on: bool, path: str, fields: dict[str, str]
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGIN_ADDRESS_LIMIT": (1000, 300)}
    for turn in count(1):
        somebody = Somebody(is_on=is_on)
        address = path.replace("<number>", str(somebody.has_passkey())) if "<" in path else path
        reports.clear()
        with failing_at(turn, ProgrammingError) as has_failed:
            answer, secrets = somebody.send(address, fields)
        if not has_failed():
            break

        # Where the session cannot be stored Django takes it for one that ended meanwhile.
        assert answer.status_code in (400, 500)
        assert len(reports) == (answer.status_code == 500)
        assert [secret for secret in secrets if secret in "".join(reports)] == []
    assert answer.status_code < 400
    assert turn > 5, "hardly a statement was made to fail"
