"""The second factor of a whole site: after a login that did not ask for it, the middleware does."""

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
    """Put after Django's ``AuthenticationMiddleware``: guards every page, the admin's among them.

    A login form of the site or of the admin does not ask for a second factor. A person who has one is led to
    the second step from wherever they go next; logging in and out stay open. Views of others that take a
    password are guarded: see ``oauthcore.pages.login.password_guard``. On JSON routes nobody is logged
    in until then: tokens work there as ever, and the session is worth nothing. It reads the session alone.
    """

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Redirect people who have not taken the second step to it; let everybody else pass."""
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
    """Return whether a view is one of oauthcore's pages or endpoints, which ask themselves.

    Those of oauthcore's admin are not: they ask the admin, which knows nothing of second factors.
    """
    return bool(getattr(view, "__module__", "").startswith(("oauthcore.pages.", "oauthcore.api.")))
