"""A secret that somebody sends in a path is in no log: not in Django's, ours, or a server's."""

from __future__ import annotations

import logging
import sys

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client, RequestFactory

from oauthcore import conf
from oauthcore.api.wire.hiding_secrets import hide_in_path
from oauthcore.logging import JSONFormatter, WithoutSecrets
from oauthcore.models import Refusal, SecurityEvent
from oauthcore.rules.tokens.secrets import SecretKind
from tests.support.factories import bearer

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("log records are filtered in Python")]


def secret(kind=SecretKind.SERVICE):
    return conf.settings().secret_format.make(kind).reveal()


def logged(caplog):
    """Return all that any logger was told, tracebacks too."""
    formatter = logging.Formatter()
    return "\n".join(formatter.format(record) for record in caplog.records)


PLACES = [
    "/v1/images/{}",
    "/{}",
    "/nowhere/{}/x",
    "/oauth/applications/{}/",
    "/v1/auth/devices/{}",
    "/x/{}.json",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("method", ["GET", "POST", "TRACE"])
def test_no_log_repeats_a_token_in_a_path(place, method, caplog):
    caplog.set_level("DEBUG")
    token = bearer()
    for sent in (token, secret(), secret(SecretKind.REFRESH), token[:-3], token + "x"):
        Client(raise_request_exception=False).generic(method, place.format(sent))

        assert sent not in logged(caplog)
        assert sent[:-8] not in logged(caplog)
    assert place.format("*").rstrip("x") in logged(caplog)
    assert not any(token in str(row) for model in (Refusal, SecurityEvent) for row in model.objects.values())


def test_under_asgi_neither(caplog):
    caplog.set_level("DEBUG")
    sent = secret()

    response = async_to_sync(AsyncClient().get)(f"/nowhere/{sent}")

    assert response.status_code == 404
    assert sent not in logged(caplog)
    assert "Not Found: /nowhere/*" in logged(caplog)


def test_a_form_that_is_refused_neither(caplog):
    sent = secret()

    assert Client(enforce_csrf_checks=True).post(f"/admin/{sent}/").status_code in (302, 403, 404)
    assert sent not in logged(caplog)


def test_a_report_of_what_broke_neither():
    sent = secret()
    request = RequestFactory(RAW_URI=f"/a/{sent}?b=c", REQUEST_URI=f"/a/{sent}").get(f"/a/{sent}")

    hide_in_path(request)

    assert request.path == request.META["PATH_INFO"] == "/a/*"
    assert (request.META["RAW_URI"], request.META["REQUEST_URI"]) == ("/a/*?b=c", "/a/*")
    assert request.build_absolute_uri() == "http://testserver/a/*"
    assert request.path_info == f"/a/{sent}"  # by which the view is found


@pytest.mark.parametrize(
    "path", ["/ref_api_live_docs", "/v1/images", "/ref_api_/x", "/ref_api_live_/x", "/é"]
)
def test_other_paths_are_as_they_were(path):
    request = RequestFactory(RAW_URI=path).get(path)

    hide_in_path(request)

    assert (request.path, request.META["RAW_URI"]) == (path, path)


def record(message, *args, **values):
    made = logging.LogRecord("any", logging.ERROR, "", 0, message, args, None)
    vars(made).update(values)
    return made


def test_the_filter_hides_what_a_message_repeats():
    sent = secret()
    of_django = record("Invalid HTTP_HOST header: %r", f"{sent}.example")
    of_uvicorn = record('%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", f"/a/{sent}", "1.1", 404)
    of_gunicorn = record("%(r)s", {"r": f"GET /a/{sent} HTTP/1.1"})
    plain = record("%s and %d", "a", 1)

    for one in (of_django, of_uvicorn, of_gunicorn, plain):
        assert WithoutSecrets().filter(one)
        assert sent not in one.getMessage()

    assert of_django.getMessage() == "Invalid HTTP_HOST header: '*.example'"
    assert of_uvicorn.args == ("127.0.0.1:1", "GET", "/a/*", "1.1", 404)
    assert of_gunicorn.getMessage() == "GET /a/* HTTP/1.1"
    assert plain.args == ("a", 1)


@pytest.mark.parametrize("formatter", [JSONFormatter(), logging.Formatter()])
def test_the_filter_hides_what_a_traceback_repeats(formatter):
    sent = secret()
    try:
        raise ValueError(f"what is {sent}?")
    except ValueError:
        broken = record("broken", exc_info=sys.exc_info())

    WithoutSecrets().filter(broken)

    assert sent not in formatter.format(broken)
    assert "ValueError: what is *?" in formatter.format(broken)


def test_the_reference_sites_log_has_the_filter(settings):
    assert "without_secrets" in settings.LOGGING["handlers"]["stderr"]["filters"]
