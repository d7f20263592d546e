"""The routes that DeviantArt's clients use: ``path("", include("oauthcore.urls.deviantart"))``.

Mount them beside ``oauthcore.urls``, which has the same endpoints without the dialect.
"""

from __future__ import annotations

from django.urls import path

from oauthcore.api.dialects import deviantart
from oauthcore.pages.authorize import authorize

app_name = "oauthcore_deviantart"

urlpatterns = [
    path("oauth2/authorize", authorize.authorize, name="authorize"),
    path("oauth2/token", deviantart.token, name="token"),
    path("oauth2/revoke", deviantart.revoke, name="revoke"),
    path("api/v1/oauth2/placebo", deviantart.placebo, name="placebo"),
]
