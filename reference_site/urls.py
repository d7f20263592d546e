"""The URLs of the reference site. A site may choose other mount points; oauthcore assumes none."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, reverse
from django.views.generic import RedirectView

from oauthcore.pages.errors import permission_denied
from oauthcore.pages.language import set_language
from oauthcore.pages.login import LoginView
from reference_site.mcp.view import mcp


def staff_login(request: HttpRequest) -> HttpResponse:
    """Redirect staff to the site's login page, which knows passkeys and returns to the page they wanted."""
    if admin.site.has_permission(request):
        return redirect("admin:index")
    if request.user.is_authenticated:
        return permission_denied(request, PermissionDenied())
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


# APPEND_SLASH is off, because JSON endpoints never redirect. People type these addresses without a slash.
_TYPED = ("applications", "connections", "security")
urlpatterns = [
    path("", include("oauthcore.urls")),
    path("", include("oauthcore.urls.mastodon")),
    path("", include("oauthcore.urls.deviantart")),
    path("", include("oauthcore.urls.health")),
    path("", include("oauthcore.urls.metrics")),
    path("", include("reference_site.photos.urls")),
    path("", include("reference_site.playground.urls")),
    path("", include("reference_site.documentation.urls")),
    path("", include("reference_site.description.urls")),
    path("mcp", mcp, name="mcp"),
    *(
        path(f"oauth/{name}", RedirectView.as_view(pattern_name=f"oauthcore:{name}", query_string=True))
        for name in _TYPED
    ),
    path("login", LoginView.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("language", set_language, name="set_language"),
    path("admin/login/", staff_login),
    path("admin/", admin.site.urls),
]

handler400 = "oauthcore.pages.errors.bad_request"
handler403 = "oauthcore.pages.errors.permission_denied"
handler404 = "oauthcore.pages.errors.not_found"
handler500 = "oauthcore.pages.errors.server_error"
