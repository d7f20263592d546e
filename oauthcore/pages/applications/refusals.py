"""Recent refusals: why an application's requests were refused, for its developer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from oauthcore import conf
from oauthcore.flows.applications.refusals import MOST_SHOWN, parse_request_id, recent_refusals_of
from oauthcore.models import Application
from oauthcore.pages.applications.error_words import MEANINGS
from oauthcore.pages.applications.own import application_page
from oauthcore.pages.frame.responses import page

_SECONDS_A_DAY = 24 * 3600


@application_page("GET", "HEAD")
def application_refusals(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Show the newest refusals, or those of one request where its Request-Id is asked for."""
    wanted = request.GET.get("request_id", "")
    request_id = parse_request_id(wanted) if wanted else None
    is_no_id = bool(wanted) and request_id is None
    found = [] if is_no_id else recent_refusals_of(application, request_id=request_id, now=timezone.now())
    context = {
        "application": application,
        "section": "refusals",
        "refusals": found,
        "meanings": {one: MEANINGS[one] for one in sorted({row.error for row in found}) if one in MEANINGS},
        "is_cut": len(found) == MOST_SHOWN,
        "wanted": wanted[:100],
        "problem": _("A Request-Id has 32 letters and digits. Copy it from the header of the answer.")
        if is_no_id
        else "",
        "days": max(1, conf.settings().REFUSAL_LIFETIME // _SECONDS_A_DAY),
    }
    status = 400 if is_no_id else 200
    return page(request, "oauthcore/applications/refusals.html", context, status=status, has_form=True)
