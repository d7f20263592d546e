"""All routes of a site below a path. The server passes the path on."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("auth/", include("reference_site.urls"))]
