"""One application at a glance: what it is, and what its developer does next."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from oauthcore import conf
from oauthcore.addresses import absolute
from oauthcore.flows.applications.impact import impact_of
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.flows.oauth.scope_words import widest_in_groups
from oauthcore.models import Application, GrantType
from oauthcore.pages.applications.code.snippets import languages_for, why_without
from oauthcore.pages.applications.first_steps import first_steps
from oauthcore.pages.applications.own import application_page
from oauthcore.pages.frame.notes import note_for
from oauthcore.pages.frame.responses import page


@application_page("GET", "HEAD")
def application(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Show an application to its developer."""
    context = {
        "application": application,
        "section": "overview",
        "scope_groups": widest_in_groups(application.scopes),
        "grant_types": grant_types.labels_of(application),
        "endpoints": _endpoints(application),
        "steps": first_steps(application),
        "languages": languages_for(application),
        "why_without_code": why_without(application),
        "test_page": _test_page(application),
        "impact": impact_of(application, now=timezone.now()),
        "note": note_for(request),
    }
    return page(request, "oauthcore/applications/overview.html", context)


def _endpoints(application: Application) -> list[dict[str, str]]:
    """Return in words and as URLs where the application sends its requests."""
    words = {
        "authorize": _("Asking a person for access"),
        "token": _("Getting tokens"),
        "revoke": _("Ending access"),
        "authorization_server_metadata": _("What this server is and can do"),
    }
    if application.may_introspect:
        words["introspect"] = _("Asking about tokens")
    return [{"words": text, "url": absolute(name)} for name, text in words.items()]


def _test_page(application: Application) -> str:
    """Return the page of the site that plays the application, if it could take the steps of a login."""
    page = conf.settings().TEST_PAGE
    may_log_in = application.is_live and application.allows(GrantType.AUTHORIZATION_CODE)
    if not page or not may_log_in or why_without(application):
        return ""
    return f"{resolve_url(page)}?{urlencode({'application': application.client_id})}"
