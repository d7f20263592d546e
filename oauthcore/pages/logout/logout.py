"""The logout page: an application asks a person to log out (OpenID Connect RP-Initiated Logout §2).

A request alone never logs anybody out. The page asks, and its form is protected against CSRF. The browser is
redirected only to an address that is registered for the application.
"""

from __future__ import annotations

import logging

from django.contrib.auth import logout as log_out
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import get_script_prefix
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from oauthcore import conf
from oauthcore.accounts import person_of
from oauthcore.flows.logout.logout_request import PARAMETERS, LogoutRefused, LogoutRequest
from oauthcore.languages import spoken
from oauthcore.models import SecurityEvent
from oauthcore.models.database import DATABASE_IS_DOWN, atomic
from oauthcore.pages.errors import not_found
from oauthcore.pages.frame.notes import SeeOther
from oauthcore.pages.frame.requests import only
from oauthcore.pages.frame.responses import ApplicationRedirect, error_page, page, unavailable_page
from oauthcore.pages.frame.ways_on import website_of
from oauthcore.recording import events
from oauthcore.recording.login_sessions import browser_session_of
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.oauth.redirect_uris import host_of, private_use_scheme
from oauthcore.rules.oauth.self_registration import described_host
from oauthcore.rules.wire.parameters import Parameters, collect, parse_urlencoded

logger = logging.getLogger("oauthcore")

#: The parameter with a request that was checked before.
_ASKED = "asked"


@csrf_exempt  # applications may post their request; the page's own form is checked
@transaction.non_atomic_requests
@only("GET", "HEAD", "POST")
def logout(request: HttpRequest) -> HttpResponseBase:
    """Ask the person whether to log out, or take their decision."""
    if not conf.settings().OPENID_CONNECT:
        return not_found(request, Http404())
    try:
        if request.method != "POST":
            return _look(request)
        return csrf_protect(_decide)(request) if "decision" in request.POST else _carried(request)
    except OAuthError as refusal:
        events.note_refusal(refusal)
        return _refused(request, refusal)
    except DATABASE_IS_DOWN:
        logger.exception("the logout page lost its database")
        return unavailable_page(request, outcome=_("You are still logged in."))


logout.login_required = False  # type: ignore[attr-defined]  # people who are logged out go on at once


def _carried(request: HttpRequest) -> HttpResponseBase:
    """Redirect a posted request to GET: browsers send no session cookie with the POST of another site."""
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    asked = LogoutRequest.parse(collect(sent, PARAMETERS))
    return SeeOther(f"{request.path}?{urlencode({_ASKED: asked.sign()})}")


def _look(request: HttpRequest) -> HttpResponseBase:
    """Show the page to a person who is logged in; send others on."""
    kept = request.GET.get(_ASKED)
    asked = LogoutRequest.load(kept) if kept else LogoutRequest.parse(_query(request))
    with spoken(asked.languages.split()):
        if request.user.is_authenticated:
            return _question(request, asked)
        return _sent_on(request, asked)


def _query(request: HttpRequest) -> Parameters:
    return parse_urlencoded(request.META["QUERY_STRING"], PARAMETERS)


def _question(request: HttpRequest, asked: LogoutRequest) -> HttpResponseBase:
    application, user = asked.application, person_of(request)
    is_of_another = asked.is_of_somebody_else(user, browser=browser_session_of(request))
    context = {
        "application": application,
        "described_host": application
        and described_host(application.client_id, is_self_registered=application.is_self_registered),
        "person_name": user.get_username(),
        "is_of_another": is_of_another,
        **_destination(asked),
        "asked": asked.sign(),
        "form_action": request.path,
        "home_url": get_script_prefix(),
    }
    return page(request, "oauthcore/logout/logout.html", context, has_form=True, leads_away=True)


def _destination(asked: LogoutRequest) -> dict[str, str]:
    """Return where the browser goes afterwards, as people read it."""
    uri = asked.redirect_uri
    return {"host": host_of(uri), "scheme": private_use_scheme(uri) if uri else ""}


def _decide(request: HttpRequest) -> HttpResponseBase:
    """Log the person out and send the browser on. Only the request is read from the form."""
    asked = LogoutRequest.load(request.POST.get(_ASKED, ""))
    if request.POST["decision"] != "log_out":
        raise LogoutRefused("the decision that was sent is not to log out")
    if request.user.is_authenticated:
        user = person_of(request)
        # Sessions at applications, the event and, if the database has it, the session end together.
        with atomic():
            events.record(SecurityEvent.Kind.LOGGED_OUT, user=user, application=asked.application)
            log_out(request)
    return _sent_on(request, asked)


def _sent_on(request: HttpRequest, asked: LogoutRequest) -> HttpResponseBase:
    """Go on to the address of the application, or say that the person is logged out."""
    was_asked = request.method == "POST"
    if asked.goes_on_at_once(was_asked=was_asked):
        return ApplicationRedirect(asked.answer, status=303)
    if was_asked:
        return SeeOther(request.path)
    context = {
        "application": asked.application,
        "website": website_of(asked.application),
        "onward": asked.answer,
        **_destination(asked),
        "home_url": get_script_prefix(),
    }
    return page(request, "oauthcore/logout/logged_out.html", context)


def _refused(request: HttpRequest, refusal: OAuthError) -> HttpResponseBase:
    """Say on a page of ours what is wrong. The person can still log out here."""
    is_logged_in = request.user.is_authenticated
    application = refusal.application if isinstance(refusal, LogoutRefused) else None
    return error_page(
        request,
        title=_("This link does not work"),
        message=_("The application that sent you here made a mistake in the link."),
        hint=_("You are still logged in. Log out here, or go back to the application.")
        if is_logged_in
        else _("You are not logged in here. Go back to the application."),
        developer_hint=_(
            "Check client_id, id_token_hint and post_logout_redirect_uri, or look up the number below on the "
            "application’s Refusals page."
        ),
        website=website_of(application),
        way_on=(request.path, pgettext("page", "Log out")) if is_logged_in else None,
    )
