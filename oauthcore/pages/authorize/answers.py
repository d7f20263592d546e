"""Sending the answer of the authorize page to the application: by redirect, by form, or as text to copy."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oauthcore import conf
from oauthcore.flows.oauth.redirect_target import Answer
from oauthcore.pages.frame.responses import ApplicationRedirect, error_page, page
from oauthcore.pages.frame.ways_on import website_of
from oauthcore.rules.oauth.redirect_uris import host_of
from oauthcore.rules.oauth.response_modes import ResponseMode

_DENIED = "access_denied"
_SECONDS_A_MINUTE = 60


def sent(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    """Return the response that sends an answer to its application."""
    if answer.target.mode is ResponseMode.FORM_POST:
        return _posted(request, answer)
    if not answer.target.is_out_of_band:
        return ApplicationRedirect(answer.url)
    code = answer.parameters.get("code")
    if code is None:
        return _shown_refusal(request, answer)
    context = {
        "application": answer.target.application,
        "code": code,
        "lasts": _lasts(conf.settings().AUTHORIZATION_CODE_LIFETIME),
    }
    return page(request, "oauthcore/authorize/code.html", context)


def _posted(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    """Return a page whose form sends the answer (OAuth 2.0 Form Post Response Mode §2)."""
    form = {
        "application": answer.target.application,
        "host": host_of(answer.address),
        "address": answer.address,
        "fields": dict(answer.parameters),
    }
    response = page(request, "oauthcore/authorize/form_post.html", form, leads_away=True)
    # The application sees the origin of the form, and not the address of the request.
    response["Referrer-Policy"] = "origin"
    return response


def _lasts(seconds: int) -> str:
    """Return in words for how long a code works."""
    if seconds % _SECONDS_A_MINUTE:
        words = ngettext(
            "It works once, and for %(count)s second.", "It works once, and for %(count)s seconds.", seconds
        )
        return words % {"count": seconds}
    minutes = seconds // _SECONDS_A_MINUTE
    words = ngettext(
        "It works once, and for %(count)s minute.", "It works once, and for %(count)s minutes.", minutes
    )
    return words % {"count": minutes}


def _shown_refusal(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    error = answer.parameters["error"]
    if error == _DENIED:
        return error_page(
            request,
            title=_("No access was given"),
            message=_("You did not allow access. You can close this page."),
            website=website_of(answer.target.application),
            status=200,
        )
    return error_page(
        request,
        title=_("This application cannot get access this way"),
        message=_("The application that sent you here made a mistake in the link. It got no data about you."),
        hint=_("Go back to the application and start again."),
        developer_hint=f"{error}: {answer.parameters['error_description']}",
        website=website_of(answer.target.application),
    )
