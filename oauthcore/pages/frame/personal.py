"""Pages with a person's own data: they require a login and a CSRF token, and are never cached."""

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
    """Make a view a page for logged-in people. Others are sent to the login and come back.

    - ``for_developers``: the person also needs ``APPLICATIONS_PERMISSION``.
    - ``takes_files``: the page reads larger forms.
    - ``switch``: the page is 404 unless this setting is on.

    The view raises Http404 for data of other people. It is not part of ``ATOMIC_REQUESTS``, because what a
    flow has ended must stay ended, even if the page fails later.
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
        # Outermost, because reading the session may fail too, and be reported.
        hidden = sensitive_post_parameters()(checked)
        marked: Any = csrf_exempt(transaction.non_atomic_requests(hidden))
        marked.login_required = False  # the page itself sends people to the login
        decorated: Page = marked
        return decorated

    return decorate


def answers_when_down(view: Page) -> Page:
    """Make a page answer 503 if the database or the limiter's store does not answer."""

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
