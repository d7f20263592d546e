"""Metrics count what happened, under names of the code, for the networks and the token of the settings."""

from __future__ import annotations

import json
import re
from typing import Any

import prometheus_client
import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.flows.upkeep import in_passing
from oauthcore.limiter import Limit, count_try
from oauthcore.models import SecurityEvent
from oauthcore.observing import metrics
from oauthcore.recording import events
from tests.support.factories import bearer, register
from tests.support.markdown import PAGES, ROOT, first_cells
from tests.support.oauth import OAuthClient

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("counts are in memory")]

TOKEN = "known-to-everybody-and-used-in-tests-only-0123456789"
DASHBOARD = ROOT / "examples" / "grafana-dashboard.json"


@pytest.fixture
def measured(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METRICS": True, "METRICS_TOKEN": TOKEN}


def with_settings(settings: Any, **members: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, **members}


def value(name: str, **labels: str) -> float:
    return prometheus_client.REGISTRY.get_sample_value(name, labels) or 0.0


class Growth:
    """By how much a sample has grown since this was made."""

    def __init__(self, name: str, **labels: str) -> None:
        self._name, self._labels = name, labels
        self._before = value(name, **labels)

    def __call__(self) -> float:
        return value(self._name, **self._labels) - self._before


def read(**headers: str) -> Any:
    return Client(headers=headers).get("/metrics")


def test_issued_tokens_are_counted_by_grant_type_and_outcome(measured):
    oauth = OAuthClient(register())
    issued = Growth("oauthcore_token_requests_total", grant_type="client_credentials", outcome="ok")
    refused = Growth(
        "oauthcore_token_requests_total", grant_type="authorization_code", outcome="invalid_grant"
    )
    unknown = Growth("oauthcore_token_requests_total", grant_type="unknown", outcome="unsupported_grant_type")

    oauth.token(grant_type="client_credentials")
    oauth.token(grant_type="authorization_code", code="never issued", redirect_uri="https://a.example/")
    oauth.token(grant_type="made up by a client 1")
    oauth.token(grant_type="made up by a client 2")

    assert (issued(), refused(), unknown()) == (1, 1, 2)


def test_bearer_checks_and_refusals_are_counted_by_error(measured):
    live, unknown = (
        Growth("oauthcore_bearer_checks_total", outcome="ok"),
        Growth("oauthcore_bearer_checks_total", outcome="invalid_token"),
    )
    refusals = Growth("oauthcore_refusals_total", error="invalid_token")

    for token in (bearer(), "never-issued"):
        Client(headers={"Authorization": f"Bearer {token}"}).get("/v1/me")

    assert (live(), unknown(), refusals()) == (1, 1, 1)


def test_events_are_counted_by_kind_once_they_are_committed(measured, django_capture_on_commit_callbacks):
    replays = Growth("oauthcore_events_total", kind="code_replayed")

    with django_capture_on_commit_callbacks(execute=True):
        events.record(SecurityEvent.Kind.CODE_REPLAYED)
        assert replays() == 0
    assert replays() == 1


def test_throttled_tries_are_counted_by_limit(measured):
    throttled = Growth("oauthcore_throttled_total", limit="of a test")

    for _ in range(4):
        count_try(Limit("of a test", 1, 60), "somebody")

    assert throttled() == 3


def test_cleaned_rows_are_counted_by_sort(measured, clock):
    bearer()
    clock.shift(3 * 24 * 3600)
    removed = Growth("oauthcore_cleaned_rows_total", sort="access tokens")

    in_passing.turn(now=timezone.now())

    assert removed() == 1


def test_the_duration_of_our_routes_is_observed_and_that_of_the_sites_own_is_not(measured):
    observed = Growth("oauthcore_request_seconds_count", route="oauthcore:me", status="4xx")
    client = Client()

    client.get("/v1/me")
    client.get("/v1/images")
    client.get("/nothing-is-here")

    assert observed() == 1
    assert "images" not in read(Authorization=f"Bearer {TOKEN}").text


def test_labels_are_words_of_the_code_whatever_a_client_sends(measured):
    oauth = OAuthClient(register())
    sent = [f"sent-by-a-client-{number}" for number in range(5)]
    for one in sent:
        oauth.token(grant_type=one)
        Client(headers={"Authorization": f"Bearer {one}"}).get(f"/v1/me?access_token={one}")
        Client().post("/oauth/token", {"client_id": one, "client_secret": one, "grant_type": "password"})

    text = read(Authorization=f"Bearer {TOKEN}").text

    assert "oauthcore_token_requests_total{" in text
    assert "sent-by-a-client" not in text
    assert oauth.registered.application.client_id not in text


def test_the_token_of_the_settings_reads_the_metrics_and_nothing_else_does(measured, settings):
    answer = read(Authorization=f"Bearer {TOKEN}")
    assert (answer.status_code, answer["Content-Type"]) == (200, prometheus_client.CONTENT_TYPE_LATEST)
    assert answer["Cache-Control"] == "no-store"
    for name in (*(one.name for one in metrics.COUNTERS.values()), metrics.SECONDS.name):
        assert f"# TYPE {name.removesuffix('_total')}" in answer.text.replace("_total", "")

    for header in ("", f"Bearer {TOKEN[:-1]}", "Bearer", f"Basic {TOKEN}", "Bearer é"):
        assert read(Authorization=header).status_code == 403, header
    with_settings(settings, METRICS_TOKEN="")
    assert read(Authorization="Bearer ").status_code == 403


def test_a_network_of_the_settings_reads_the_metrics(measured, settings):
    with_settings(settings, METRICS_TOKEN="", METRICS_NETWORKS=["10.0.0.0/8"])

    assert Client(REMOTE_ADDR="10.1.2.3").get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="11.1.2.3").get("/metrics").status_code == 403
    assert (
        Client(REMOTE_ADDR="11.1.2.3", headers={"X-Forwarded-For": "10.1.2.3"}).get("/metrics").status_code
        == 403
    )


def test_a_proxy_that_the_settings_do_not_name_opens_the_metrics_to_nobody(measured, settings):
    with_settings(settings, METRICS_TOKEN="", METRICS_NETWORKS=["10.0.0.0/8"])
    proxied = Client(REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "10.1.2.3"})

    assert proxied.get("/metrics").status_code == 403
    with_settings(settings, METRICS_TOKEN="", METRICS_NETWORKS=["10.0.0.0/8"], TRUSTED_PROXIES=["10.0.0.1"])
    assert proxied.get("/metrics").status_code == 200


def test_while_metrics_are_off_nothing_is_counted_or_shown():
    before = prometheus_client.generate_latest()

    OAuthClient(register()).token(grant_type="client_credentials")

    assert prometheus_client.generate_latest().count(b"oauthcore_token_requests_total{") == before.count(
        b"oauthcore_token_requests_total{"
    )
    assert read(Authorization=f"Bearer {TOKEN}").status_code == 404


def test_every_metric_is_described_with_its_labels():
    described = first_cells(PAGES["observability.md"], "The metrics", starts=("oauthcore_",))

    assert described == {one.name for one in (*metrics.COUNTERS.values(), metrics.SECONDS)}


def test_the_dashboard_shows_metrics_and_labels_that_exist():
    panels = json.loads(DASHBOARD.read_text())["panels"]
    queries = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    every = {one.name: one.labels for one in (*metrics.COUNTERS.values(), metrics.SECONDS)}

    named = {name for query in queries for name in re.findall(r"oauthcore_\w+", query)}
    shown = {re.sub(r"_(bucket|count|sum)$", "", name) for name in named}
    labels = {label for query in queries for label in re.findall(r"by \(([\w, ]+)\)", query)}

    assert shown == set(every), "each metric has a panel"
    known = {"le", *(label for one in every.values() for label in one)}
    assert {one.strip() for group in labels for one in group.split(",")} <= known
    assert len({panel["id"] for panel in panels}) == len(panels)
