"""Authentication requests that a browser sends by POST (OpenID Connect Core §3.1.2.1)."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from oauthcore import conf
from oauthcore.pages.frame.notes import SeeOther
from oauthcore.pages.frame.responses import Page


def takes_posted_requests(view: Page) -> Page:
    """Let a site send its request as a form: the browser is sent to the same request with GET.

    A form of another site comes without the session cookie and without a CSRF token. So nothing is decided
    here, and the next request has the session again. A form with a ``transaction`` is the
    decision of the person, which the view checks.
    """

    @wraps(view)
    def led(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and _is_request(request):
            return SeeOther(f"{request.path}?{request.POST.urlencode()}")
        return view(request, *args, **kwargs)

    return led


def _is_request(request: HttpRequest) -> bool:
    sent = request.POST
    is_openid = conf.settings().is_openid(frozenset(sent.get("scope", "").split()))
    return is_openid and "transaction" not in sent and "client_id" in sent
