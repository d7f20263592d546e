"""The upgrade page: what OAuth 2.1 would have refused of an application's traffic, and the step itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from oauthcore.accounts import person_of
from oauthcore.flows.applications.upgrade import NotUpgraded, Report, dry_run, upgrade
from oauthcore.models import Application
from oauthcore.pages.applications.own import application_page
from oauthcore.pages.frame.notes import note_for, see_other
from oauthcore.pages.frame.responses import page


@application_page("GET", "HEAD", "POST")
def application_upgrade(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Show the dry run; a POST upgrades, where that is clean or was read as it is now."""
    now = timezone.now()
    if request.method != "POST":
        return _shown(request, dry_run(application, now=now))
    mark, has_read = request.POST.get("mark", ""), request.POST.get("has_read") == "on"
    try:
        upgrade(application, person_of(request), confirmed=mark if has_read else "", now=now)
    except NotUpgraded as refused:
        is_other = mark != refused.report.mark
        return _shown(request, refused.report, is_other=is_other, problem=_problem(refused.report, has_read))
    return see_other(request, request.path, note=_("The application is upgraded. It now follows OAuth 2.1."))


def _problem(report: Report, has_read: bool) -> str:
    """Return what is missing at the box to tick, if anything."""
    is_missing = not (report.is_clean or report.blockers or has_read)
    return _("Select this box after you have read what would be refused.") if is_missing else ""


def _shown(request: HttpRequest, report: Report, **more: Any) -> HttpResponseBase:
    context = {
        "application": report.application,
        "section": "upgrade",
        "report": report,
        "note": note_for(request),
        **more,
    }
    status = 400 if more else 200
    return page(request, "oauthcore/applications/upgrade.html", context, status=status, has_form=True)
