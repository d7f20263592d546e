"""The page with the logout tokens that an application was sent, for its developer."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase

from oauthcore import conf
from oauthcore.flows.applications.logout_deliveries import MOST_SHOWN, recent_deliveries_of
from oauthcore.models import Application
from oauthcore.pages.applications.own import application_page
from oauthcore.pages.frame.responses import page

_SECONDS_A_DAY = 24 * 3600


@application_page("GET", "HEAD")
def application_logouts(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Show the newest logout tokens with their state and the last answer."""
    if not application.signs_people_in:
        raise Http404
    found = recent_deliveries_of(application)
    context = {
        "application": application,
        "section": "logouts",
        "deliveries": found,
        "is_cut": len(found) == MOST_SHOWN,
        "days": max(1, conf.settings().REFUSAL_LIFETIME // _SECONDS_A_DAY),
    }
    return page(request, "oauthcore/applications/logouts.html", context)
