"""The logos of applications, for everybody: a consent page shows them to people who do not own them."""

from __future__ import annotations

import logging
import re

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from oauthcore.flows.applications.logos import find_logo
from oauthcore.models.database import DATABASE_IS_DOWN
from oauthcore.pages.errors import not_found
from oauthcore.pages.frame.requests import only
from oauthcore.pages.frame.responses import unavailable_page

logger = logging.getLogger("oauthcore")

_VERSION = re.compile(r"[0-9a-f]{16}\Z")


@transaction.non_atomic_requests
@only("GET", "HEAD")
def application_logo(request: HttpRequest, number: int) -> HttpResponseBase:
    """Send a logo under the address that names its version, to be kept for good; 404 under any other."""
    version = request.GET.get("v", "")
    try:
        png = find_logo(number, version) if _VERSION.match(version) else None
    except DATABASE_IS_DOWN:
        logger.exception("a logo lost its database")
        return unavailable_page(request, outcome=_("Nothing was changed."))
    if png is None:
        return not_found(request, LookupError())
    response = HttpResponse(png, content_type="image/png")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


application_logo.login_required = False  # type: ignore[attr-defined]
