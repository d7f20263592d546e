"""The routes of a site that moves: those of django-oauth-toolkit, and the aliases that follow."""

from __future__ import annotations

from django.urls import include, path

from reference_site.urls import urlpatterns as site_urlpatterns

urlpatterns = [
    path("before/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("o/", include("oauthcore.urls.django_oauth_toolkit")),
    *site_urlpatterns,
]
