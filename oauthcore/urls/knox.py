"""The routes that Knox's clients sign out with: ``path("api/auth/", include("oauthcore.urls.knox"))``.

Mount them below the path at which Knox's routes were. ``login/`` is not among them: how a site checked the
password there was the site's own, and it knows no second factor.
"""

from __future__ import annotations

from django.urls import path

from oauthcore.api.dialects import knox

app_name = "oauthcore_knox"

urlpatterns = [
    path("logout/", knox.logout, name="logout"),
    path("logoutall/", knox.logout_all, name="logoutall"),
]
