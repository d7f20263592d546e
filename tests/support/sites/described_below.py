"""A site that mounts oauthcore below a path, wraps one of its views, and has one view of its own."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("auth/", include("oauthcore.urls"))]
