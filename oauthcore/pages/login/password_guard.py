"""Limits and the second factor for views of Django, its admin and allauth that take a password.

``SecondFactorMiddleware`` knows these views. A try is counted before the view hashes a password. It is given
back if the password was right.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth import views as auth_views
from django.contrib.sessions.backends.signed_cookies import SessionStore as CookieSession
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from oauthcore import conf, request_context
from oauthcore.accounts import User, person_of
from oauthcore.flows.passwords.credentials import LONGEST_LOGIN, LONGEST_PASSWORD, find_person
from oauthcore.flows.passwords.password_tries import count_address, count_password, refuse_full_address
from oauthcore.pages.frame.access import is_logged_in
from oauthcore.pages.frame.notes import SeeOther
from oauthcore.pages.frame.personal import answers_when_down
from oauthcore.pages.frame.requests import hidden_field
from oauthcore.pages.frame.responses import error_page
from oauthcore.pages.frame.throttled import too_many_requests, try_again_in
from oauthcore.pages.login.completing_login import PendingLogin, ask
from oauthcore.pages.login.login import LoginView as OurLoginView
from oauthcore.recording import events
from oauthcore.recording.login_sessions import (
    HAS_LOGGED_IN,
    LOGIN_METHODS,
    LOGIN_TRIES,
    SECOND_STEP_AT,
    SECOND_STEP_WANTED,
    login_of,
)
from oauthcore.rules.errors.oauth import InvalidRequest, Throttled
from oauthcore.rules.oauth.step_up import PASSWORD
from oauthcore.rules.text.hidden_text import HiddenText

#: Where a request keeps the tries of its password until it is known whether that was right.
_TRIES = "oauthcore_tries"

#: After the second step a person may change their password for so long.
_FRESH_SECONDS = 600

Guard = Callable[[HttpRequest], HttpResponseBase | None]


def guard(request: HttpRequest, view: Any) -> HttpResponseBase | None:
    """Return the answer that replaces a view that takes a password, or None if the view may run."""
    before = _guard_of(view)
    if before is None:
        return None
    answered: HttpResponseBase | None = answers_when_down(_refusing(before))(request)
    return answered


def settle(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give back the tries of a request if its password was right, or after the second step."""
    tries, is_right = vars(request).pop(_TRIES, (None, None))
    if tries is None or not is_right(request, response):
        return
    if not request.session.get(SECOND_STEP_WANTED):
        tries.give_back()
    elif not isinstance(request.session, CookieSession):  # a cookie sent again would give them back twice
        request.session[LOGIN_TRIES] = tries.packed()


def to_second_step(request: HttpRequest) -> HttpResponseBase | None:
    """Redirect a person with a second factor to the second step before they change their password."""
    user = person_of(request)
    if not conf.settings().second_factor.methods_of(user):
        return None
    if 0 <= time.time() - request.session.get(SECOND_STEP_AT, 0) < _FRESH_SECONDS:
        return None
    pending = _pending(request, user)
    if pending is None:  # it was switched off at this moment
        return None
    pending.keep(request)
    return SeeOther(reverse("oauthcore:second_step"))


def _pending(request: HttpRequest, user: User) -> PendingLogin | None:
    """Return the second step that waits in this session, or a new one."""
    waiting, next_url = PendingLogin.of(request), request.get_full_path()
    challenge = waiting.live_challenge() if waiting else None
    if waiting and challenge is not None and challenge.user_id == user.pk:
        return replace(waiting, next_url=next_url)
    backend = request.session[BACKEND_SESSION_KEY]
    asked = ask(user, backend=backend, next_url=next_url, amr=login_of(request).amr)
    return None if asked is None else replace(asked, confirms=True)


@sensitive_variables()  # the user model and its hashers are given the password in clear
def count_own_password(request: HttpRequest, password: HiddenText) -> None:
    """Count a wrong password that a logged-in person entered again.

    Raises the same exceptions as ``count_password``.
    """
    user = person_of(request)
    tries = count_password(str(user.get_username()), user=user)
    if len(password) <= LONGEST_PASSWORD and user.check_password(password.reveal()):
        tries.give_back()


def _refusing(before: Guard) -> Callable[[HttpRequest], Any]:
    def guarded(request: HttpRequest) -> HttpResponseBase | None:
        try:
            return _endless_password(request) or before(request)
        except Throttled as refusal:
            events.note_refusal(refusal)
            title, words = _("Too many tries"), try_again_in(refusal.retry_after)
            return too_many_requests(error_page(request, title=title, message=words), refusal.retry_after)

    return guarded


def _endless_password(request: HttpRequest) -> HttpResponseBase | None:
    """Refuse a very long password, which would only cost time to hash."""
    if all(len(text) <= LONGEST_PASSWORD for name in request.POST for text in _texts(request, name)):
        return None
    events.note_refusal(InvalidRequest(f"a password has more than {LONGEST_PASSWORD} characters"))
    return error_page(
        request,
        title=_("This password is too long"),
        message=_("A password can have at most %(most)s characters. Nothing was done.")
        % {"most": number_format(LONGEST_PASSWORD, force_grouping=True)},
        hint=_("Go back and choose a shorter one."),
    )


def _texts(request: HttpRequest, name: str) -> list[str]:
    return request.POST.getlist(name) if "password" in name else []


def _login_with(field: str) -> Guard:
    def before(request: HttpRequest) -> None:
        if request.method == "POST":
            refuse_full_address()
            # The form has not looked at it yet. What is too long stays so, and costs nothing to be spelled.
            login = request.POST.get(field, "").strip()[: LONGEST_LOGIN + 1]
            found = find_person(login)
            if found is not None:
                request_context.name_person(found)
            vars(request)[_TRIES] = count_password(login, user=found), _has_logged_in
            vars(request)[LOGIN_METHODS] = (PASSWORD,)  # if the form logs somebody in

    return before


def _change_with(field: str) -> Guard:
    def before(request: HttpRequest) -> HttpResponseBase | None:
        if not is_logged_in(request):
            return None  # the view leads to the login
        asked = to_second_step(request)
        if asked is None and request.method == "POST":
            count_own_password(request, hidden_field(request, field))
        return asked

    return before


def _reset(request: HttpRequest) -> None:
    if request.method == "POST":
        vars(request)[_TRIES] = count_address(), _has_led_on


def _has_logged_in(request: HttpRequest, response: HttpResponseBase) -> bool:
    return HAS_LOGGED_IN in vars(request)


def _has_led_on(request: HttpRequest, response: HttpResponseBase) -> bool:
    return response.status_code in (302, 303)


#: Views of Django, by class, and of allauth, by name: it need not be installed.
_OF_DJANGO: dict[type, Guard] = {
    auth_views.LoginView: _login_with("username"),
    auth_views.PasswordChangeView: _change_with("old_password"),
    auth_views.PasswordResetConfirmView: _reset,
}
_OF_ALLAUTH: dict[str, Guard] = {
    "LoginView": _login_with("login"),
    "PasswordChangeView": _change_with("oldpassword"),
    "ReauthenticateView": _change_with("password"),
    "PasswordResetFromKeyView": _reset,
    "CompletePasswordResetView": _reset,
}
#: Methods of Django's admin.
_OF_ADMIN: dict[str, Guard] = {
    "login": _login_with("username"),
    "password_change": _change_with("old_password"),
}


def _guard_of(view: Any) -> Guard | None:
    """Return the guard of a view, also if decorators of the site wrap it."""
    return next((found for one in _layers(view) if (found := _guard_of_layer(one)) is not None), None)


def _layers(view: Any) -> Iterator[Any]:
    """Yield a view and what its decorators have wrapped, from the outside in."""
    while view is not None:
        yield view
        view = getattr(view, "__wrapped__", None)


def _guard_of_layer(view: Any) -> Guard | None:
    by_class = getattr(view, "view_class", None)
    classes = by_class.__mro__ if isinstance(by_class, type) else ()
    if OurLoginView in classes:
        return None  # its form counts
    for one in classes:
        if one in _OF_DJANGO:
            return _OF_DJANGO[one]
        if one.__module__.startswith("allauth.account.") and one.__name__ in _OF_ALLAUTH:
            return _OF_ALLAUTH[one.__name__]
    site = getattr(view, "admin_site", None) or getattr(view, "__self__", None)
    is_of_admin = any(one.__module__ == "django.contrib.admin.sites" for one in type(site).__mro__)
    return _OF_ADMIN.get(getattr(view, "__name__", "")) if is_of_admin else None
