"""Spans show the steps of a request, and no token is in any attribute, whatever is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from opentelemetry import trace
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from oauthcore.flows.oauth.grants import grant_types
from oauthcore.observing import observed, spans
from oauthcore.tracing import hide_address
from tests.support.factories import UserFactory, bearer, register
from tests.support.markdown import PAGES, ROOT, first_cells
from tests.support.oauth import OAuthClient

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("spans are in memory")]


@pytest.fixture(scope="session")
def provider() -> TracerProvider:
    """The one provider that a process may have."""
    made = TracerProvider()
    trace.set_tracer_provider(made)
    return made


@pytest.fixture
def exported(provider: TracerProvider) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    processor = SimpleSpanProcessor(exporter)
    provider.add_span_processor(processor)
    yield exporter
    exporter.shutdown()


@pytest.fixture
def traced(settings: Any, exported: InMemorySpanExporter) -> InMemorySpanExporter:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "TRACING": True}
    return exported


def names(exporter: InMemorySpanExporter) -> list[str]:
    return [one.name for one in exporter.get_finished_spans()]


def test_the_steps_of_a_token_request_are_spans_with_their_outcome(traced):
    OAuthClient(register()).token(grant_type="client_credentials")

    found = {one.name: dict(one.attributes) for one in traced.get_finished_spans()}
    assert found == {
        "oauthcore client authenticate": {spans.OUTCOME: "ok"},
        "oauthcore token exchange": {spans.OUTCOME: "ok", spans.GRANT_TYPE: "client_credentials"},
    }


def test_a_refusal_is_an_outcome_and_no_failure(traced):
    Client(headers={"Authorization": "Bearer never-issued"}).get("/v1/me")

    (span,) = traced.get_finished_spans()
    assert (span.name, dict(span.attributes)) == ("oauthcore bearer verify", {spans.OUTCOME: "invalid_token"})
    assert span.status.is_unset
    assert span.events == ()


def test_a_failure_is_one_and_its_text_is_not_recorded(traced):
    @observed("oauthcore of a test")
    def broken() -> None:
        raise RuntimeError("secret text")

    with pytest.raises(RuntimeError):
        broken()

    (span,) = traced.get_finished_spans()
    assert span.status.status_code is trace.StatusCode.ERROR
    assert "secret text" not in span.to_json()


def test_no_secret_is_in_any_span_of_what_people_and_programs_do(traced):
    oauth, person = OAuthClient(register()), UserFactory()
    browser = Client()
    browser.force_login(person)
    answers = [
        oauth.token(grant_type="client_credentials").json(),
        oauth.token(grant_type="refresh_token", refresh_token="made-up-refresh-token").json(),
        oauth.introspect(bearer()).json(),
        oauth.revoke(bearer()).json(),
        browser.post(
            "/v1/auth/sign_in",
            {"login": "somebody", "password": "wrong password", "device": {"name": "Phone"}},
            content_type="application/json",
        ).json(),
    ]

    text = "".join(one.to_json() for one in traced.get_finished_spans())

    assert {"oauthcore token introspect", "oauthcore token revoke"} <= set(names(traced))
    sent = [oauth.registered.client_secret, "made-up-refresh-token", "wrong password", "somebody"]
    given = [one[name] for one in answers for name in ("access_token",) if name in one]
    assert given
    assert [one for one in (*sent, *given) if one in text] == []


def test_nothing_is_recorded_while_tracing_is_off(exported):
    OAuthClient(register()).token(grant_type="client_credentials")

    assert names(exported) == []


def test_observed_functions_are_called_as_they_are_while_all_is_off(monkeypatch):
    def never(*_: object) -> None:
        raise AssertionError("it was asked")

    monkeypatch.setattr(spans, "opened", never)
    monkeypatch.setattr(spans, "note_outcome", never)

    assert OAuthClient(register()).token(grant_type="client_credentials").status_code == 200
    assert grant_types.exchange.__wrapped__ is not grant_types.exchange


@pytest.mark.parametrize("convention", ["", "http", "http/dup"])
def test_the_instrumentation_of_django_records_no_token_that_is_in_an_address(
    traced, settings, monkeypatch, convention
):
    from opentelemetry.instrumentation import _semconv

    monkeypatch.setenv("OTEL_SEMCONV_STABILITY_OPT_IN", convention)
    monkeypatch.setattr(_semconv._OpenTelemetrySemanticConventionStability, "_initialized", False)
    settings.MIDDLEWARE = list(settings.MIDDLEWARE)
    instrumentor, token = DjangoInstrumentor(), bearer()
    instrumentor.instrument(request_hook=hide_address)
    try:
        for address in (
            f"/v1/me?access_token={token}",
            f"/v1/{token}/x?code=secret-code",
            "/oauth/authorize?client_id=a&state=secret-state",
            "/oauth/authorize?state=secret-first&redirect_uri=https://client.example/cb",
        ):
            Client().get(address, REQUEST_URI=address)  # as WSGI servers keep it
    finally:
        instrumentor.uninstrument()
        monkeypatch.setattr(_semconv._OpenTelemetrySemanticConventionStability, "_initialized", False)

    requests = [one for one in traced.get_finished_spans() if one.kind is trace.SpanKind.SERVER]
    text = "".join(one.to_json() for one in traced.get_finished_spans())
    assert len(requests) == 4
    assert [one for one in (token, "secret-code", "secret-state", "secret-first") if one in text] == []
    assert "/v1/me" in text


def test_a_span_that_nobody_records_is_left_alone(rf):
    hide_address(trace.INVALID_SPAN, rf.get("/"))


def test_every_span_is_described():
    code = "".join(path.read_text() for path in (ROOT / "oauthcore" / "flows").rglob("*.py"))
    assert first_cells(PAGES["observability.md"], "The spans") == set(
        re.findall(r'@observed\("([\w ]+)"', code)
    )
