"""What a site's admins are mailed when a page breaks: never what somebody could act with (wire §1)."""

from __future__ import annotations

import sys
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.signals import got_request_exception
from django.test import Client
from django.test.signals import template_rendered
from django.views.debug import ExceptionReporter

from oauthcore.flows.passwords import credentials
from oauthcore.models import Passkey
from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND
from tests.support.factories import PASSWORD, register
from tests.support.oauth import with_person
from tests.support.pages.authenticator_app import switch_on
from tests.support.pages.developer import Developer

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(settings: Any, tmp_path: Any) -> Any:
    """The report of a page whose template, one of the site's own, breaks once it has shown its secret."""
    settings.TEMPLATES = [{**one, "DIRS": [str(tmp_path), *one["DIRS"]]} for one in settings.TEMPLATES]
    reports, shown = [], []

    def note(request: Any, **_: Any) -> None:
        reports.append(ExceptionReporter(request, *sys.exc_info(), is_email=True).get_traceback_html())

    def peek(context: Any, **_: Any) -> None:
        shown.extend(str(context[name]) for name in ("code", "secret") if name in context)

    def broken(template: str, answer: Any) -> tuple[str, list[str]]:
        path = tmp_path / template
        path.parent.mkdir(parents=True)
        path.write_text("{{ code }}{{ secret }}{% include 'not/there.html' %}")
        assert answer().status_code == 500
        return reports[-1], shown

    got_request_exception.connect(note)
    template_rendered.connect(peek)
    yield broken
    template_rendered.disconnect(peek)
    got_request_exception.disconnect(note)


def test_the_report_of_a_broken_page_repeats_no_code(report):
    oauth = with_person(register(profile="oauth2.0", redirect_uris=[OUT_OF_BAND]))
    oauth.browser.raise_request_exception = False

    text, shown = report("oauthcore/authorize/code.html", lambda: oauth.decide(redirect_uri=OUT_OF_BAND))

    assert any("_code_" in one for one in shown)
    assert not any(one in text for one in shown)


def test_the_report_of_a_broken_page_repeats_no_client_secret(report):
    grace = Developer()
    grace.browser.raise_request_exception = False

    text, shown = report("oauthcore/applications/secret.html", lambda: grace.rotate(grace.has()))

    assert any("_secret_" in one for one in shown)
    assert not any(one in text for one in shown)


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("", {"do": "begin"}),
        ("", {"do": "renew", "code": "the code"}),
        ("", {"do": "switch_off", "code": "the code"}),
        ("passkeys/new", {"name": "The key", "code": "the code"}),
        ("passkeys/{passkey}/remove", {}),
    ],
)
def test_the_report_of_a_password_that_cannot_be_checked_does_not_repeat_it(
    address: str, fields: dict[str, str], ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Client(raise_request_exception=False)
    browser.force_login(ada)
    switch_on(ada)
    passkey = Passkey.add(ada, name="A key", credential_id=b"id", credential=b"", sign_count=0)
    assert passkey is not None
    frames: list[Any] = []

    def note(request: Any, **_: Any) -> None:
        frames.extend(ExceptionReporter(request, *sys.exc_info(), is_email=True).get_traceback_frames())

    monkeypatch.setattr(credentials, "find_person", Mock(side_effect=RuntimeError))
    got_request_exception.connect(note)
    address = f"/oauth/security/{address.format(passkey=passkey.pk)}"
    assert browser.post(address, {**fields, "password": PASSWORD}).status_code == 500
    got_request_exception.disconnect(note)

    shown = repr([frame["vars"] for frame in frames if "/tests/" not in frame["filename"]])
    assert "security" in shown
    assert PASSWORD not in shown
    assert "the code" not in shown
