"""Error pages that Django asks a site for: ``CSRF_FAILURE_VIEW`` and the handlers of a URLconf."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from oauthcore.pages.frame.responses import error_page

__all__ = ["bad_request", "csrf_failure", "not_found", "permission_denied", "server_error"]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form was not sent from its own page: for ``CSRF_FAILURE_VIEW``."""
    return error_page(
        request,
        title=_("This form has expired"),
        message=_(
            "It did not come from a page of this site, or your browser does not accept cookies. Nothing "
            "was done."
        ),
        hint=_("Go back, reload the page and try again."),
        status=403,
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request cannot be read: for ``handler400``."""
    return error_page(
        request,
        title=_("This request cannot be read"),
        message=_("Your browser sent a request that is not well formed. Nothing was done."),
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that this person lacks a permission: for ``handler403``."""
    return error_page(
        request,
        title=_("You may not open this page"),
        message=_("You need a permission that you do not have. Nothing was done."),
        hint=_("Log in as a user who has it, or ask the people who run this site."),
        login_url=redirect_to_login(request.get_full_path()).url,
        status=403,
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing here: for ``handler404``."""
    return error_page(
        request,
        title=pgettext("page", "Page not found"),
        message=_("Check the address. The page may also have been removed."),
        status=404,
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something broke here: for ``handler500``."""
    return error_page(
        request,
        title=_("Something went wrong on our side"),
        message=_("This was not your mistake. Our log has the details under the number below."),
        hint=_("Try again in a moment."),
        status=500,
    )
