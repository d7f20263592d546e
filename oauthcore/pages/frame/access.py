"""Access to pages: the person is logged in, and has shown the second factor if they have one."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import MAX_URL_LENGTH, urlencode

from oauthcore.recording.login_sessions import SECOND_STEP_WANTED


def is_logged_in(request: HttpRequest) -> bool:
    """Return whether a person is logged in and, if they have a second factor, has shown it."""
    return request.user.is_authenticated and not wants_second_step(request)


def wants_second_step(request: HttpRequest) -> bool:
    """Return whether the person logged in with a form that did not ask for the second factor."""
    return bool(request.session.get(SECOND_STEP_WANTED))


def to_login(request: HttpRequest, path: str) -> HttpResponseRedirect:
    """Redirect to the login or to the second step. Afterwards the person comes back to ``path``.

    If the parameters of the path are too long, the person comes back to the path without them.
    """
    if len(path) > MAX_URL_LENGTH:
        path = path.partition("?")[0]
    if request.user.is_authenticated and wants_second_step(request):
        return HttpResponseRedirect(f"{reverse('oauthcore:second_step')}?{urlencode({'next': path})}")
    return redirect_to_login(path)


def has_expired(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether a form was sent that the person's own login in another tab has made worthless."""
    return request.method == "POST" and response.status_code == 403 and is_logged_in(request)
