"""Health for orchestrators and load balancers: ``path("", include("oauthcore.urls.health"))``.

A site that wants other addresses includes it below a prefix, or mounts the views one by one.
"""

from __future__ import annotations

from django.urls import path

from oauthcore.api.upkeep import health

app_name = "oauthcore_health"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
