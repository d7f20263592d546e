"""A site that has mounted no dialect, and has a route of its own where DeviantArt's would be."""

from __future__ import annotations

from django.urls import include, path

from tests.support.sites.resources import plain

urlpatterns = [path("", include("oauthcore.urls")), path("api/v1/oauth2/user/whoami", plain)]
