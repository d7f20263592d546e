from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from reference_site.documentation.views import documentation

app_name = "documentation"

urlpatterns = [
    path("docs", RedirectView.as_view(pattern_name="documentation:start")),
    path("docs/", documentation, name="start"),
    path("docs/<path:path>", documentation, name="file"),
]
