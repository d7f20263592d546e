"""Credentials in an address or a form reach no log, no event and no error report."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.test import Client
from django.test.client import RequestFactory
from django.views.debug import ExceptionReporter

from oauthcore.api.wire.hiding_secrets import SECRETS, hide_in_address, hide_in_form, query_of
from oauthcore.flows.oauth.grants import client_credentials
from oauthcore.models import LegacySwitch, LegacyUse, Refusal, SecurityEvent
from oauthcore.recording import events, legacy_use, refusals
from tests.support.dialects.deviantart import get_token, legacy
from tests.support.factories import bearer
from tests.support.oauth import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def reports() -> Iterator[list[str]]:
    """The reports that are made, as mail and as the page that goes with it, every frame's variables in it."""
    made: list[str] = []

    def report(request: Any, **_: Any) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info(), is_email=True)
        made.append(reporter.get_traceback_text() + reporter.get_traceback_html())

    got_request_exception.connect(report)
    yield made
    got_request_exception.disconnect(report)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def rows() -> str:
    for batch in (events.refusals, refusals.batch, legacy_use.batch):
        batch.flush()
    return repr([list(model.objects.values()) for model in (SecurityEvent, Refusal, LegacyUse)])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"scope": "nonsense"},
        {"grant_type": "authorization_code"},
        {"client_id": "x"},
        {"scope": ["a"] * 2},
    ],
)
def test_a_secret_in_the_address_is_neither_logged_nor_recorded(log, changes):
    registered = legacy(LegacySwitch.GET_CREDENTIALS)

    get_token(registered, **changes)

    assert registered.client_secret not in log.text + rows()


def test_a_secret_in_the_address_is_in_no_report_of_what_broke(reports, log, monkeypatch):
    registered = legacy(LegacySwitch.GET_CREDENTIALS)
    monkeypatch.setattr(client_credentials, "issue", None)

    assert get_token(registered).status_code == 500

    (report,) = reports
    assert "NoneType" in report
    assert "grant_type=client_credentials" in report, "what is no secret helps to find the bug"
    assert registered.client_secret not in report + log.text


@pytest.mark.urls("tests.support.sites.resources")
@pytest.mark.parametrize("place", ["address", "form"])
def test_a_token_is_in_no_report_of_what_broke_in_a_view_of_the_site(reports, log, place):
    text = bearer(application=legacy(LegacySwitch.QUERY_TOKEN).application)

    with suppress(RuntimeError):
        if place == "address":
            Client().get("/plain/breaks", {"access_token": text, "page": "seven"})
        else:
            post("/plain/breaks", {"access_token": text, "page": "seven"})

    (report,) = reports
    assert "a bug of the site" in report
    assert "seven" in report
    assert text not in report + log.text + rows()


def test_what_is_hidden_leaves_the_address_of_the_request_and_is_still_known():
    request: Any = RequestFactory().get("/oauth2/token?a=1&client%5Fsecret=s3&b=2&client_secret=s4")
    request.META |= {"RAW_URI": "/oauth2/token?client_secret=s3", "REQUEST_URI": "/oauth2/token"}
    assert request.GET["client_secret"] == "s4"

    for _ in range(2):
        hide_in_address(request, SECRETS)

    assert request.GET.dict() == {"a": "1", "b": "2"}
    assert request.get_full_path() == "/oauth2/token?a=1&b=2"
    assert "s3" not in repr((request, request.META))
    assert query_of(request) == "a=1&client%5Fsecret=s3&b=2&client_secret=s4"


def test_a_request_without_anything_to_hide_is_left_alone():
    request: Any = RequestFactory().get("/?a=1;client_secret&code_of_conduct=1")

    hide_in_address(request, SECRETS)

    assert request.META["QUERY_STRING"] == "a=1;client_secret&code_of_conduct=1"
    assert query_of(HttpRequest()) == ""


def test_a_request_that_no_server_made_can_hide_too():
    request = HttpRequest()
    request.META["QUERY_STRING"] = "token=s3&a=1"

    hide_in_address(request, SECRETS)

    assert request.META["QUERY_STRING"] == "a=1"
    assert not request.GET


@pytest.mark.parametrize("before", [(), ("password",), "__ALL__"])
def test_what_a_view_hides_of_a_form_stays_hidden(before):
    request: Any = RequestFactory().post("/")
    if before:
        request.sensitive_post_parameters = before

    hide_in_form(request, "access_token")

    hidden = "__ALL__" if before == "__ALL__" else [*before, "access_token"]
    assert request.sensitive_post_parameters == hidden
