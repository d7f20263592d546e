"""Where everything answers: the plain views, both products' endpoints, and one protected view for each."""

from django.urls import include, path

from benchmarks import plain, views

urlpatterns = [
    path("plain/noop", plain.NoOp.as_view()),
    path("plain/cursor", plain.CursorSelect.as_view()),
    path("plain/function", plain.function),
    path("ours/plain", views.protected_plain),
    path("ours/protected", views.ProtectedByUs.as_view()),
    path("rival/protected", views.ProtectedByRival.as_view()),
    path("rival/", include("oauth2_provider.urls")),
    path("", include("oauthcore.urls")),
]
