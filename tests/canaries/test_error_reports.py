"""What breaks shows no secret in the variables of its frames, with DEBUG on and off, nor in a log."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.signals import got_request_exception
from django.test import Client, override_settings
from django.views.debug import ExceptionReporter

from oauthcore.api.wire import imported_tokens
from oauthcore.flows.oauth import imported_secrets
from oauthcore.flows.oauth.grants import client_credentials
from oauthcore.flows.passwords import credentials
from oauthcore.models import AuthorizationCode, ClientSecret, Grant, LegacySwitch, Token
from tests.support.dialects.deviantart import get_token, legacy
from tests.support.factories import PASSWORD, UserFactory, bearer, register
from tests.support.imported import ACCESS, import_token
from tests.support.oauth import VERIFIER, OAuthClient, me, with_person
from tests.support.sign_in.client import AppClient

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("it is about what reports show, before any row decides"),
]


class Broken(Exception):
    """Not an error that anybody expects."""


def breaks(*_: Any, **__: Any) -> None:
    raise Broken


def header(path: Path) -> list[str]:
    text = bearer()
    with suppress(Broken):
        me(text)
    return [text]


def query(path: Path) -> list[str]:
    registered = legacy(LegacySwitch.GET_CREDENTIALS)
    get_token(registered)
    return [registered.client_secret or ""]


def form(path: Path) -> list[str]:
    oauth = with_person()
    code = oauth.code()
    with suppress(Broken):
        oauth.redeem(code)
    return [code, VERIFIER, oauth.registered.client_secret or ""]


def json_body(path: Path) -> list[str]:
    UserFactory(username="ada")
    AppClient(login="ada").sign_in()
    return [PASSWORD]


def admin_form(path: Path) -> list[str]:
    text, browser = bearer(), Client(raise_request_exception=False)
    browser.force_login(UserFactory(is_staff=True, is_superuser=True))
    browser.post("/admin/oauthcore/servicetoken/find/", {"token": text})
    return [text]


def login_page(path: Path) -> list[str]:
    Client(raise_request_exception=False).post("/login", {"username": "ada", "password": PASSWORD})
    return [PASSWORD]


def command(path: Path) -> list[str]:
    text = bearer()
    path.write_text(text)
    try:
        call_command("revoke_leaked", str(path))
    except Broken:
        got_request_exception.send(None, request=None)
    return [text]


def imported_scheme(path: Path) -> list[str]:
    with override_settings(OAUTHCORE={**settings.OAUTHCORE, "IMPORTED_TOKENS": ("authtoken",)}):
        import_token(ACCESS, source="authtoken", kind=Grant.Kind.SESSION)
        with suppress(Broken):
            Client().get("/v1/me", headers={"authorization": f"Token {ACCESS}"})
    return [ACCESS]


def imported_secret(path: Path) -> list[str]:
    registered = register()
    ClientSecret.objects.update(digest=None, encoded="pbkdf2_sha256$1$salt$imported")
    with suppress(Broken):
        OAuthClient(registered).token(grant_type="client_credentials")
    return [registered.client_secret or "", "salt$imported"]


ENTRIES: dict[str, tuple[Any, str, Callable[[Path], list[str]]]] = {
    "header": (Token, "find_access", header),
    "query": (client_credentials, "issue", query),
    "form": (AuthorizationCode, "find_of", form),
    "JSON": (credentials, "find_person", json_body),
    "admin form": (Token, "find", admin_form),
    "command": (Token, "find", command),
    "scheme of imported tokens": (imported_tokens, "live_sources", imported_scheme),
    "imported secret": (imported_secrets, "count_hash", imported_secret),
    "login page": (credentials, "find_person", login_page),
}


@pytest.fixture
def reports() -> Iterator[list[str]]:
    """The variables of every frame that is not this test's, as Django's page and mail show them."""
    made: list[str] = []

    def report(request: Any, **_: Any) -> None:
        frames = ExceptionReporter(request, *sys.exc_info(), is_email=True).get_traceback_frames()
        made.append(repr([one["vars"] for one in frames if "/tests/" not in one["filename"]]))

    got_request_exception.connect(report)
    yield made
    got_request_exception.disconnect(report)


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(("broken", "name", "enter"), ENTRIES.values(), ids=list(ENTRIES))
def test_what_breaks_behind_an_entry_shows_nothing_of_what_was_sent(
    reports: list[str],
    caplog: pytest.LogCaptureFixture,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    broken: Any,
    name: str,
    enter: Callable[[Path], list[str]],
    debug: bool,
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.DEBUG = debug
    monkeypatch.setattr(broken, name, breaks)
    secrets = enter(tmp_path / "leaked")

    assert reports, "nothing broke"
    assert [one for one in secrets if one in "".join(reports) + caplog.text] == []
