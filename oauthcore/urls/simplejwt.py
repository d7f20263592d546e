"""The routes that SimpleJWT's clients use: ``path("api/", include("oauthcore.urls.simplejwt"))``.

Mount them below the path at which SimpleJWT's views were. ``token/`` is not among them: it takes a password
and knows no second factor.
"""

from __future__ import annotations

from django.urls import path

from oauthcore.api.dialects import simplejwt

app_name = "oauthcore_simplejwt"

urlpatterns = [
    path("token/refresh/", simplejwt.token_refresh, name="token_refresh"),
    path("token/blacklist/", simplejwt.token_blacklist, name="token_blacklist"),
]
