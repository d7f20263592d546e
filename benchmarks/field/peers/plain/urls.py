"""The plain views."""

from django.urls import path

from benchmarks import plain

urlpatterns = [
    path("plain/noop", plain.NoOp.as_view()),
    path("plain/cursor", plain.CursorSelect.as_view()),
    path("plain/function", plain.function),
]
