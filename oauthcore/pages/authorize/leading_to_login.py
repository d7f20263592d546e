"""Leading a person from the authorize page to a login, and what is said where that cannot be done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from oauthcore.pages.authorize import waiting
from oauthcore.pages.frame import access
from oauthcore.pages.frame.responses import error_page, unavailable_page
from oauthcore.pages.frame.throttled import too_many_requests, try_again_in
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import InvalidRequest, TemporarilyUnavailable, Throttled


def to_login(request: HttpRequest, query: str, *, asks_again: bool) -> HttpResponseBase:
    """Have the person log in at the site's login page and come back to the authorization request."""
    try:
        return access.to_login(request, waiting.keep(request, query, asks_again=asks_again))
    except waiting.TooLong:
        events.note_refusal(InvalidRequest("the request is too long to wait for a login"))
        return error_page(
            request,
            title=_("This link is too long"),
            message=_("You have to log in first, and this link is too long to be kept until then."),
            hint=_("Log in on this site, then go back to the application and start again."),
        )
    except Throttled as refusal:
        events.note_refusal(refusal)
        title, words = _("Too many pages are open"), try_again_in(refusal.retry_after)
        return too_many_requests(error_page(request, title=title, message=words), refusal.retry_after)
    except TemporarilyUnavailable:
        return nothing_was_allowed(request)


def to_login_of_ours(request: HttpRequest) -> HttpResponseBase:
    """Ask for credentials on a page of ours: the site's login page has sent the person back without."""
    query = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('oauthcore:login_again')}?{query}")


def nothing_was_allowed(request: HttpRequest) -> HttpResponseBase:
    """Say that something does not answer, and that nothing was allowed."""
    return unavailable_page(request, outcome=_("No access was given."))
