from __future__ import annotations

from django.urls import path

from reference_site.playground import views
from reference_site.playground.sample import CALLBACK_PATH

app_name = "playground"

urlpatterns = [
    path("", views.start, name="start"),
    path(CALLBACK_PATH.lstrip("/"), views.playground, name="callback"),
]
