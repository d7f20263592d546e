"""A site whose error pages are themselves broken: ``@pytest.mark.urls("tests.support.sites.broken")``."""

from __future__ import annotations

from typing import NoReturn

from django.http import HttpRequest
from django.urls import include, path

urlpatterns = [path("", include("oauthcore.urls"))]


def broken(request: HttpRequest, exception: Exception | None = None) -> NoReturn:
    """Fail, as a page does whose template has a mistake."""
    raise LookupError("this page has no template")


handler400 = handler403 = handler404 = handler500 = "tests.support.sites.broken.broken"
