"""Metrics for Prometheus: ``path("", include("oauthcore.urls.metrics"))``.

The route is 404 unless ``METRICS`` is on.
"""

from __future__ import annotations

from django.urls import path

from oauthcore.api.upkeep.metrics import metrics

app_name = "oauthcore_metrics"

urlpatterns = [path("metrics", metrics, name="metrics")]
