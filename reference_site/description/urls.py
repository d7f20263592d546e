from __future__ import annotations

from django.urls import path

from reference_site.description import views

app_name = "description"

urlpatterns = [
    path("openapi.json", views.openapi, name="openapi"),
    path("openapi/", views.api, name="api"),
]
