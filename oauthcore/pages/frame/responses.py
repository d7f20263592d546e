"""Pages with the headers of wire §2.8: never framed or stored, nothing inline or from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from oauthcore import request_context
from oauthcore.models.database import unavailable
from oauthcore.rules.text.hosts import host_of

Page = Callable[..., HttpResponseBase]


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    has_form: bool = False,
    has_problem: bool = False,
    leads_away: bool = False,
    asks_the_site: bool = False,
) -> HttpResponse:
    """Render a page.

    ``has_problem`` says that something is wrong with the form that was sent, as a status of 400 does; the
    title then begins with it. ``leads_away`` says that its form ends in a redirect to another site,
    ``asks_the_site`` that a script of it sends requests of its own.
    """
    context = {**context, "has_problem": has_problem or (has_form and status >= 400)}
    response = render(request, template, context, status=status)
    secure(response, has_form=has_form, leads_away=leads_away, asks_the_site=asks_the_site)
    return response


def secure(
    response: HttpResponseBase,
    *,
    has_form: bool = False,
    leads_away: bool = False,
    asks_the_site: bool = False,
) -> None:
    """Add the headers to an answer that shows a page.

    No ``form-action`` where the form leads away: Chromium applies it to the whole chain of redirects. With a
    form the referrer stays within the site, because without one Chromium sends ``Origin: null`` and the CSRF
    check refuses it.
    """
    response["Content-Security-Policy"] = _policy(leads_away=leads_away, asks_the_site=asks_the_site)
    response["X-Frame-Options"] = "DENY"
    response["Referrer-Policy"] = "same-origin" if has_form else "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    # The link may have asked for another language than the one that LocaleMiddleware knows of.
    response["Content-Language"] = get_language() or django_settings.LANGUAGE_CODE


def _policy(*, leads_away: bool, asks_the_site: bool) -> str:
    static = urlsplit(django_settings.STATIC_URL or "")
    own = f"'self' {static.scheme}://{static.netloc}" if static.netloc else "'self'"
    directives = [
        "default-src 'none'",
        f"style-src {own}",
        f"script-src {own}",
        f"img-src {own}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    if asks_the_site:
        directives.append("connect-src 'self'")
    return "; ".join(directives if leads_away else [*directives, "form-action 'self'"])


def error_page(
    request: HttpRequest,
    *,
    title: str,
    message: str,
    hint: str = "",
    developer_hint: str = "",
    website: str = "",
    login_url: str = "",
    way_on: tuple[str, str] | None = None,
    status: int = 400,
    retry_after: int | None = None,
) -> HttpResponse:
    """Say on a page what went wrong, from our own words only; nothing that was sent is repeated.

    It has ways on: to the start page, to the ``website`` of an application that staff have verified, to the
    login where another person may do what this one may not, and ``way_on``, an address with words for it.
    """
    context = {
        "home_url": get_script_prefix(),
        "website": website,
        "website_host": host_of(website),
        "login_url": login_url,
        "way_on": way_on,
        "title": title,
        "message": message,
        "hint": hint,
        "developer_hint": developer_hint,
        "request_id": request_context.current().request_id,
    }
    response = page(request, "oauthcore/frame/error.html", context, status=status)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def unavailable_page(
    request: HttpRequest, *, outcome: str, title: str = "", retry_after: int | None = None
) -> HttpResponse:
    """Say with 503 that a system does not answer; ``outcome`` says what that means for the request."""
    return error_page(
        request,
        title=title or _("This does not work right now"),
        message=f"{_('A system that we depend on does not answer.')} {outcome}",
        hint=_("Try again in a moment."),
        status=503,
        retry_after=retry_after or unavailable().retry_after,
    )


class ApplicationRedirect(HttpResponse):
    """A redirect to an application, whatever its scheme: only ever given a URL that was checked.

    A RedirectTarget or a LogoutRequest makes it.
    """

    def __init__(self, url: str, *, status: int = 302) -> None:
        super().__init__(status=status)
        self["Location"] = url
        self["Cache-Control"] = "no-store"
        self["Pragma"] = "no-cache"
        self["Referrer-Policy"] = "no-referrer"
        self["X-Frame-Options"] = "DENY"
        self["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
