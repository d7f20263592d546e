"""The page on which people see what has access to them, and end it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from oauthcore import conf
from oauthcore.accounts import User, person_of
from oauthcore.flows.connections import disconnect
from oauthcore.flows.connections.connections import Connection, connections_of
from oauthcore.flows.oauth.resources import in_words
from oauthcore.flows.oauth.scope_words import widest_in_groups
from oauthcore.flows.oidc.claim_words import listed
from oauthcore.flows.oidc.requested_claims import told_by_claims
from oauthcore.pages.connections import device_list
from oauthcore.pages.frame.notes import note_for, see_other
from oauthcore.pages.frame.personal import personal_page
from oauthcore.pages.frame.responses import page
from oauthcore.rules.text.hosts import host_of
from oauthcore.rules.text.numbers import whole_number


@personal_page("GET", "POST")
def connections(request: HttpRequest) -> HttpResponseBase:
    """Show what has access to the person's account and where they are signed in; end what they choose."""
    now, number = timezone.now(), whole_number(request.GET.get("page", "")) or 1
    if request.method == "POST":
        note = _end(person_of(request), request.POST, now)
        return see_other(request, request.path, note=note, parameters={"page": str(number)})
    found = connections_of(person_of(request), now=now, page=number)
    context = {
        "applications": [_application(one, now) for one in found.applications],
        "devices": device_list.in_words(found.devices, now),
        "count": found.count,
        "page": found.page,
        "pages": found.pages,
        "form_action": f"{request.path}?page={found.page}",
        "note": note_for(request),
    }
    return page(request, "oauthcore/connections/connections.html", context, has_form=True)


def _end(user: User, form: QueryDict, now: datetime) -> str:
    """Do what the button says, and return in words what was done. Anything else is Http404."""
    match [(name, form.getlist(name)) for name in ("application", "device", "all") if name in form]:
        case [("application", [number])]:
            return _end_application(user, number, now)
        case [("all", ["applications"])]:
            disconnect.end_applications(user, now=now)
            return _("You have ended the access of all applications.")
        case [("device" | "all", _)]:
            return device_list.end(user, form, now)
    raise Http404


def _end_application(user: User, text: str, now: datetime) -> str:
    number = whole_number(text)
    application = None if number is None else disconnect.end_application(user, number, now=now)
    if application is None:
        raise Http404
    return _("You have ended the access of %(name)s.") % {"name": device_list.apart(application.name)}


def _application(one: Connection, now: datetime) -> dict[str, Any]:
    application = one.application
    signs_in = conf.settings().is_openid(one.scopes)
    return {
        "application": application,
        "host": host_of(application.website),
        "is_switched_off": not application.is_live,
        # The page lists each claim that the application knows.
        "scope_groups": widest_in_groups(one.scopes - told_by_claims(one.scopes) if signs_in else one.scopes),
        "knows": listed(one.claims) if signs_in else "",
        "accounts": one.accounts,
        "has_lost_account": one.has_lost_account,
        "resources": in_words(one.resources),
        "since": one.since,
        "last_use": device_list.last_use_in_words(one.last_use, now),
        "sessions": one.sessions,
    }
