"""The middleware that asks for the second factor after logins that did not ask for it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from oauthcore.api.wire.json_routes import is_json_route
from oauthcore.pages.authorize.waiting import carry
from oauthcore.pages.frame.access import to_login, wants_second_step
from oauthcore.pages.login.password_guard import guard, settle


class SecondFactorMiddleware(MiddlewareMixin):
    """Asks for the second factor on every page, admin included. Put it after ``AuthenticationMiddleware``.

    Login forms of the site and of the admin do not ask for a second factor. After such a login, every page
    redirects a person with a second factor to the second step. Only logging in and out still work. Other
    views that take a password are guarded: see ``oauthcore.pages.login.password_guard``. On JSON routes the
    session does not count until the second step; tokens work as before. Only the session is read.
    """

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Redirect a person who still has to take the second step."""
        if _is_ours(view):
            return None
        carry(request)  # it may log somebody in, and then the session of somebody else is emptied
        if _logs_in_or_out(view) or not wants_second_step(request) or not request.user.is_authenticated:
            return guard(request, view)
        if is_json_route(request):
            vars(request).update(user=AnonymousUser(), auser=_nobody)
            return None
        return to_login(request, request.get_full_path())

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Give back the tries of a password that was right."""
        settle(request, response)
        return response


async def _nobody() -> AnonymousUser:
    return AnonymousUser()


def _logs_in_or_out(view: Any) -> bool:
    """Return whether a view logs people in or out."""
    by_class = getattr(view, "view_class", None)
    return isinstance(by_class, type) and issubclass(by_class, LoginView | LogoutView)


def _is_ours(view: Any) -> bool:
    """Return whether a view belongs to oauthcore, and so checks the second factor itself.

    oauthcore's admin screens are not among them, because Django's admin does not know second factors.
    """
    return bool(getattr(view, "__module__", "").startswith(("oauthcore.pages.", "oauthcore.api.")))
