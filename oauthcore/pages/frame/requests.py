"""The methods and the forms that pages accept."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from oauthcore.bodies import LARGEST_BODY, LARGEST_UPLOAD, limit_body, require_readable
from oauthcore.pages.frame.responses import Page, error_page, secure
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import InvalidRequest, UnsupportedEncoding
from oauthcore.rules.text.hidden_text import HiddenText


def only(*methods: str, takes_files: bool = False) -> Callable[[Page], Page]:
    """Allow only these methods on a page, and only forms that it can read (``reads_forms``).

    GET does not include HEAD here. A page that accepts HEAD names it.
    """

    def decorate(view: Page) -> Page:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in methods:
                response = view(request, *args, **kwargs)
                if "Content-Security-Policy" not in response:
                    secure(response)  # a page of Django's, such as that for a CSRF failure
                return response
            refused = error_page(
                request,
                title=_("This page cannot do that"),
                message=_("Your browser sent a request of a kind that this page does not accept."),
                status=405,
            )
            refused["Allow"] = ", ".join(methods)
            return refused

        return reads_forms(takes_files=takes_files)(checked)

    return decorate


def hidden_field(request: HttpRequest, name: str, *, most: int | None = None) -> HiddenText:
    """Return a secret field of the form, cut to ``most`` characters. It is empty if it was not sent."""
    return HiddenText(request.POST.get(name, "")[:most])


def reads_forms(*, takes_files: bool = False) -> Callable[[Page], Page]:
    """Make a page refuse a body that is not a form of ours, before the body is read.

    It refuses chunked and compressed bodies, character sets other than UTF-8, and more than 64 KiB. A page
    that takes files allows 4 MiB.
    """
    most = LARGEST_UPLOAD if takes_files else LARGEST_BODY

    def decorate(view: Page) -> Page:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                try:
                    require_readable(request, most)
                except InvalidRequest as refusal:
                    events.note_refusal(refusal)
                    return _cannot_read(request, refusal, takes_files=takes_files)
            return view(request, *args, **kwargs)

        limited: Page = limit_body(checked, most, says_so=True)
        return limited

    return decorate


def _cannot_read(request: HttpRequest, refusal: InvalidRequest, *, takes_files: bool) -> HttpResponse:
    if refusal.status == 413 and takes_files:
        return error_page(
            request,
            title=_("This file is too large"),
            message=_("More was sent than this page reads. Nothing was done."),
            hint=_("Go back and choose a smaller file."),
            status=413,
        )
    if refusal.status == 413:
        return error_page(
            request,
            title=_("This form is too long"),
            message=_("The form has more text than this page accepts. Nothing was done."),
            hint=_("Go back and shorten the texts in the form."),
            status=413,
        )
    response = error_page(
        request,
        title=_("This form cannot be read"),
        message=_("Your browser sent it in a form that this page does not understand. Nothing was done."),
        hint=_("Go back and try again, or use another browser."),
        developer_hint=refusal.description,
        status=refusal.status,
    )
    if isinstance(refusal, UnsupportedEncoding):
        response["Accept-Encoding"] = "identity"  # RFC 9110 §15.5.16
    return response
