"""The switch of languages, for the URLconf of a site: it keeps the language that a person chooses."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views import i18n

from oauthcore.pages.frame.requests import only

__all__ = ["set_language"]


@only("POST")
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the language in a cookie, and lead back within the site, as Django's view of this name does.

    That one answers 500 to a header ``Accept`` that it cannot parse. Here it is the client's mistake: 400.
    """
    try:
        request.accepts("text/html")  # Django keeps what it has parsed
    except ValueError as error:
        raise BadRequest("The header Accept cannot be parsed.") from error
    return i18n.set_language(request)
