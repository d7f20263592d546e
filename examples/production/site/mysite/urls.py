"""The URLs: oauthcore's own routes, health and metrics, logging in, and the admin."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from oauthcore.pages.login import LoginView

urlpatterns = [
    path("", include("oauthcore.urls")),
    path("", include("oauthcore.urls.health")),
    path("", include("oauthcore.urls.metrics")),
    path("login", LoginView.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
]

handler400 = "oauthcore.pages.errors.bad_request"
handler403 = "oauthcore.pages.errors.permission_denied"
handler404 = "oauthcore.pages.errors.not_found"
handler500 = "oauthcore.pages.errors.server_error"
