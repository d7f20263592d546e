"""Pages that show somebody what is theirs: behind the login, CSRF-protected, never stored."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from oauthcore import conf
from oauthcore.accounts import User, person_of
from oauthcore.models.database import DATABASE_IS_DOWN
from oauthcore.pages.errors import not_found, permission_denied
from oauthcore.pages.frame.access import is_logged_in, to_login
from oauthcore.pages.frame.requests import only
from oauthcore.pages.frame.responses import Page, unavailable_page
from oauthcore.rules.errors.oauth import TemporarilyUnavailable

logger = logging.getLogger("oauthcore")


def personal_page(
    *methods: str, for_developers: bool = False, takes_files: bool = False, switch: str = ""
) -> Callable[[Page], Page]:
    """Make a view a page for people who are logged in; others are sent to the login and come back.

    ``for_developers`` asks for ``APPLICATIONS_PERMISSION`` as well; a page that ``takes_files`` reads larger
    forms; one with a ``switch`` is there only where that setting is on. Whatever is not theirs is 404: raise
    Http404. It is not part of ``ATOMIC_REQUESTS``: what a flow has ended must stay ended whatever the page
    does next.
    """

    def decorate(view: Page) -> Page:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                if switch and not getattr(conf.settings(), switch):
                    raise Http404
                if not is_logged_in(request):
                    return to_login(request, request.get_full_path())
                if for_developers and not may_register(person_of(request)):
                    return permission_denied(request, PermissionError())
                response = view(request, *args, **kwargs)
            except Http404 as missing:
                return not_found(request, missing)
            # A site's frame around these pages has a form to log out with: see ``secure``.
            response["Referrer-Policy"] = "same-origin"
            return response

        checked = only(*methods, takes_files=takes_files)(csrf_protect(answers_when_down(guarded)))
        # Before anything is looked at: reading the session may break as well, and be reported.
        hidden = sensitive_post_parameters()(checked)
        marked: Any = csrf_exempt(transaction.non_atomic_requests(hidden))
        marked.login_required = False  # it asks for a login itself, and with the headers of our pages
        decorated: Page = marked
        return decorated

    return decorate


def answers_when_down(view: Page) -> Page:
    """Make a page say so, with 503, when the database or the limiter's store does not answer."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except TemporarilyUnavailable:
            return _unavailable(request)
        except DATABASE_IS_DOWN:
            logger.exception("a page lost its database")
            return _unavailable(request)

    return answered


def may_register(user: User) -> bool:
    """Return whether the site lets a user register applications."""
    permission = conf.settings().APPLICATIONS_PERMISSION
    return permission is None or bool(user.has_perm(permission))


def _unavailable(request: HttpRequest) -> HttpResponseBase:
    return unavailable_page(request, outcome=_("Nothing was changed."))
