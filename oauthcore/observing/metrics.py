"""Metrics for Prometheus: few counters, and one histogram of how long our endpoints take.

Labels have few values: names of the code, never what a client sent. The library is loaded with the first
count. It shares the counts of several processes through files, if ``PROMETHEUS_MULTIPROC_DIR`` is set.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest

from oauthcore import conf


@dataclass(frozen=True)
class Metric:
    """The name of a metric, what it says, and its labels."""

    name: str
    says: str
    labels: tuple[str, ...]


#: All counters, under the names that the code uses.
COUNTERS = {
    "token_requests": Metric(
        "oauthcore_token_requests_total",
        "Authenticated requests at the token endpoint, by grant type and outcome.",
        ("grant_type", "outcome"),
    ),
    "bearer_checks": Metric(
        "oauthcore_bearer_checks_total", "Access tokens that views were shown, by outcome.", ("outcome",)
    ),
    "refusals": Metric("oauthcore_refusals_total", "Refused requests, by error code.", ("error",)),
    "events": Metric(
        "oauthcore_events_total",
        "Security events, by kind: sign-ins, replays, revocations and others.",
        ("kind",),
    ),
    "throttled": Metric(
        "oauthcore_throttled_total", "Tries that a limit refused, by the name of the limit.", ("limit",)
    ),
    "cleaned_rows": Metric(
        "oauthcore_cleaned_rows_total", "Rows that the clean-up removed, by sort.", ("sort",)
    ),
}
SECONDS = Metric(
    "oauthcore_request_seconds",
    "How long requests to the routes of oauthcore took, by route and class of the status.",
    ("route", "status"),
)
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


def count(metric: str, *labels: str, by: int = 1) -> None:
    """Add to a counter, if metrics are on."""
    if conf.settings().METRICS:
        _counter(metric).labels(*labels).inc(by)


def begin() -> float:
    """Return when a request began, for ``observe``; 0 while metrics are off."""
    return time.perf_counter() if conf.settings().METRICS else 0.0


def observe(request: HttpRequest, status: int, began: float) -> None:
    """Observe how long a request took, if metrics are on and the route is one of ours."""
    match = request.resolver_match if began else None
    if match is None or not match.app_names or not match.app_names[-1].startswith("oauthcore"):
        return
    route = f"{match.app_names[-1]}:{match.url_name}"
    _histogram().labels(route, f"{status // 100}xx").observe(time.perf_counter() - began)


def exposition() -> tuple[bytes, str]:
    """Return all metrics of the site in Prometheus' text format, and its media type."""
    import prometheus_client
    from prometheus_client import multiprocess

    registry: Any = prometheus_client.REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = prometheus_client.CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    _register()
    return prometheus_client.generate_latest(registry), prometheus_client.CONTENT_TYPE_LATEST


def _register() -> None:
    """Make all metrics, so that they are there from the beginning, without a value."""
    for metric in COUNTERS:
        _counter(metric)
    _histogram()


@cache
def _counter(metric: str) -> Any:
    from prometheus_client import Counter

    found = COUNTERS[metric]
    return Counter(found.name, found.says, found.labels)


@cache
def _histogram() -> Any:
    from prometheus_client import Histogram

    return Histogram(SECONDS.name, SECONDS.says, SECONDS.labels, buckets=_BUCKETS)
