"""The login in a browser session: its time, and whether the second factor is still missing."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.rules.oauth.step_up import ONE_FACTOR, SECOND_FACTOR, Login

#: Session key: when the person last gave their credentials (Unix seconds).
LOGGED_IN_AT = "oauthcore_logged_in_at"

#: Session key: the person has a second factor and has not shown it.
SECOND_STEP_WANTED = "oauthcore_second_step_wanted"
#: Request attribute: the person has shown everything that is asked for.
PASSED_SECOND_STEP = "oauthcore_passed_second_step"

#: Session key: when the person last showed the second factor (Unix seconds).
SECOND_STEP_AT = "oauthcore_second_step_at"
#: Session key: the methods of the last login (RFC 8176). Also the request attribute in which the code that
#: checks a person's credentials names them, before it logs the person in.
LOGIN_METHODS = "oauthcore_login_methods"
#: Session key: the counted tries of a right password, until the second factor is shown.
LOGIN_TRIES = "oauthcore_login_tries"
#: Request attribute: this request has logged somebody in.
HAS_LOGGED_IN = "oauthcore_has_logged_in"

#: Session key: the authorization requests that wait for a login. Also the request attribute that keeps them
#: during a login, which empties the session.
WAITING = "oauthcore_waiting"
#: Session key: a random text that each login replaces. Pages can be bound to it.
LOGIN_MARK = "oauthcore_login_mark"
#: Session key: a random text that stays until another person logs in. It names this session of the browser.
BROWSER_SESSION = "oauthcore_browser_session"


@receiver(user_logged_in, dispatch_uid="oauthcore.logged_in_at")
def note_login(request: HttpRequest | None, user: User, **_: Any) -> None:
    """Note when and how a person logged in, for ``prompt=login``, and whether the second factor is missing.

    It is missing if the person has one and used a login form of the site, which does not ask for it.
    """
    if request is None or not hasattr(request, "session"):
        return
    request.session[LOGGED_IN_AT] = time.time()
    request.session[LOGIN_MARK] = secrets.token_urlsafe(16)
    request.session.setdefault(BROWSER_SESSION, secrets.token_urlsafe(16))
    request.session[LOGIN_METHODS] = list(vars(request).get(LOGIN_METHODS, ()))
    put_back_waiting(request)
    vars(request)[HAS_LOGGED_IN] = True
    # Set first and removed later: if the second factor fails with an error, the login is not complete.
    request.session[SECOND_STEP_WANTED] = True
    if getattr(request, PASSED_SECOND_STEP, False) or not conf.settings().second_factor.methods_of(user):
        del request.session[SECOND_STEP_WANTED]


def login_of(request: HttpRequest) -> Login:
    """Return when the person of this session last logged in, and how."""
    at: float | None = request.session.get(LOGGED_IN_AT)
    if at is None:
        return Login()
    has_second = request.session.get(SECOND_STEP_AT, 0) >= at
    acr = SECOND_FACTOR if has_second else ONE_FACTOR
    return Login(datetime.fromtimestamp(at, tz=UTC), acr, tuple(request.session.get(LOGIN_METHODS, ())))


def browser_session_of(request: HttpRequest) -> bytes:
    """Return the digest that names this session of the browser in the database."""
    if BROWSER_SESSION not in request.session:  # the person logged in before this release
        request.session[BROWSER_SESSION] = secrets.token_urlsafe(16)
    return sha256(f"browser session {request.session[BROWSER_SESSION]}".encode()).digest()


def put_back_waiting(request: HttpRequest) -> None:
    """Put the waiting authorization requests back into the session that the login emptied."""
    if (waiting := vars(request).get(WAITING)) and WAITING not in request.session:
        request.session[WAITING] = waiting
