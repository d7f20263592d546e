"""What a site's admins are mailed when something breaks: never what somebody could act with.

Wire §1 (tokens at rest).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.views.debug import ExceptionReporter

from oauthcore.models import ClientSecret, codes, issuing, token_statements, tokens
from tests.support.factories import register
from tests.support.oauth import VERIFIER, OAuthClient, me, with_person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("error reports are made of Python frames"),
]


class Broken(Exception):
    """Not an error that anybody expects."""


#: What breaks, and the call that finds it broken.
CALLS: dict[str, tuple[Any, str, Callable[[OAuthClient, dict[str, str]], Any]]] = {
    "a client secret": (ClientSecret, "is_live", lambda oauth, sent: oauth.redeem(sent["code"])),
    "a code": (codes._FIND_OF.__class__, "first", lambda oauth, sent: oauth.redeem(sent["code"])),
    "a code's tokens": (issuing.NewTokens, "store_by", lambda oauth, sent: oauth.redeem(sent["code"])),
    "a refresh token": (
        token_statements.FIND_OF.__class__,
        "first",
        lambda oauth, sent: oauth.refresh(sent["refresh"]),
    ),
    "a revocation": (tokens.Token, "find", lambda oauth, sent: oauth.revoke(sent["refresh"])),
    "an introspection": (tokens.Token, "find", lambda oauth, sent: oauth.introspect(sent["access"])),
    "a call of the API": (tokens.Token, "find_access", lambda _, sent: me(sent["access"])),
}


@pytest.fixture
def reports() -> Iterator[list[str]]:
    """The reports that are made: their text, and the variables of every frame of ours."""
    made: list[str] = []

    def report(request: Any, **_: Any) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info(), is_email=True)
        frames = [frame for frame in reporter.get_traceback_frames() if "/oauthcore/" in frame["filename"]]
        made.append(reporter.get_traceback_text() + repr([frame["vars"] for frame in frames]))

    got_request_exception.connect(report)
    yield made
    got_request_exception.disconnect(report)


@pytest.mark.parametrize(("broken", "name", "call"), CALLS.values(), ids=list(CALLS))
def test_the_report_of_an_unforeseen_error_repeats_no_secret(
    reports: list[str], monkeypatch: pytest.MonkeyPatch, broken: Any, name: str, call: Any
) -> None:
    oauth = with_person(register(may_introspect=True))
    issued = oauth.tokens()
    sent = {"code": oauth.code(), "access": issued["access_token"], "refresh": issued["refresh_token"]}

    def breaks(*_: Any, **__: Any) -> None:
        raise Broken

    monkeypatch.setattr(broken, name, breaks)
    with suppress(Broken):
        call(oauth, sent)

    (report,) = reports
    secrets = [*sent.values(), oauth.registered.client_secret or "", VERIFIER]
    assert "Broken" in report
    assert [one for one in secrets if one in report] == []
