"""Checks redirect URIs while they are typed, by the same rule as when they are saved."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from oauthcore.flows.applications.redirect_uri_lines import problems_in
from oauthcore.pages.applications.own import own_application
from oauthcore.pages.frame.personal import personal_page
from oauthcore.pages.frame.responses import secure
from oauthcore.rules.text.numbers import whole_number


@personal_page("POST", for_developers=True)
def application_check(request: HttpRequest) -> HttpResponseBase:
    """Answer ``{"problems": [sentence, …]}`` for the lines in ``redirect_uris``, for the script of the form.

    ``application`` is the number of the application, if it exists: legacy applications have other rules.
    """
    number = whole_number(request.POST.get("application", ""))
    is_legacy = number is not None and own_application(request, number).is_legacy
    text = request.POST.get("redirect_uris", "")
    response = JsonResponse({"problems": problems_in(text, is_legacy=is_legacy) if text.strip() else []})
    secure(response)
    return response
