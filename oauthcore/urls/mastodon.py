"""The routes that Mastodon's clients use: ``path("", include("oauthcore.urls.mastodon"))``.

Mount them at the root of the origin, beside ``oauthcore.urls``. Clients look for them nowhere else.
"""

from __future__ import annotations

from django.urls import path

from oauthcore.api.dialects.mastodon import accounts, apps, instance

app_name = "oauthcore_mastodon"

urlpatterns = [
    path("api/v1/apps", apps.apps, name="apps"),
    path("api/v1/apps/verify_credentials", apps.verify_credentials, name="app_credentials"),
    path("api/v1/accounts/verify_credentials", accounts.verify_credentials, name="account_credentials"),
    path("api/v1/instance", instance.instance_v1, name="instance_v1"),
    path("api/v1/instance/", instance.instance_v1),
    path("api/v2/instance", instance.instance_v2, name="instance_v2"),
    path("api/v2/instance/", instance.instance_v2),
]
