"""Every route of oauthcore, and those of the site."""

from django.contrib import admin
from django.urls import include, path

from mysite import views
from oauthcore.api.django import limit_body
from oauthcore.pages.language import set_language
from oauthcore.pages.login import LoginView

handler400 = "oauthcore.pages.errors.bad_request"
handler403 = "oauthcore.pages.errors.permission_denied"
handler404 = "oauthcore.pages.errors.not_found"
handler500 = "oauthcore.pages.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("login", LoginView.as_view(), name="login"),
    path("language", set_language, name="set_language"),
    path("", include("oauthcore.urls")),
    path("", include("oauthcore.urls.well_known")),
    path("", include("oauthcore.urls.mastodon")),
    path("", include("oauthcore.urls.deviantart")),
    path("", include("oauthcore.urls.health")),
    path("", include("oauthcore.urls.metrics")),
    path("o/", include("oauthcore.urls.django_oauth_toolkit")),
    path("api/", include("oauthcore.urls.simplejwt")),
    path("api/auth/", include("oauthcore.urls.knox")),
    path("api/notes", views.Notes.as_view()),
    path("api/prices", views.Prices.as_view()),
    path("api/notes/count", limit_body(views.count, 1024)),
    path("api/notes/clear", views.clear),
    path("api/notes/<oauthcore_number:note>", views.count),
]
