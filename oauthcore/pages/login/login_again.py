"""The page that asks for credentials again where the site's login page has sent a person back without.

Login pages that lead logged-in people on at once (Django's ``redirect_authenticated_user``, allauth)
cannot ask them again, so this page does. People without a password log out here and
log in as they usually do.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from oauthcore.pages.authorize.waiting import carry
from oauthcore.pages.frame.access import is_logged_in, to_login
from oauthcore.pages.login.login import LoginView
from oauthcore.recording.login_sessions import put_back_waiting


class LoginAgain(LoginView):
    """Asks for the password of the person who is logged in, or of somebody else."""

    redirect_authenticated_user = False
    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form to people who are logged in; send others to the login page."""
        if not is_logged_in(request):
            return to_login(request, self.get_success_url())
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Log the person in, or let them do it another way."""
        if "another_way" not in request.POST:
            return super().post(request, *args, **kwargs)
        carry(request)
        logout(request)
        put_back_waiting(request)
        return to_login(request, self.get_success_url())

    def get_template_names(self) -> list[str]:
        """Return our own template: that of the site's login page may post to that page."""
        return ["oauthcore/login/login_again.html"]

    def get_initial(self) -> dict[str, Any]:
        """Fill in the login of the person, where the application expects this person."""
        initial = super().get_initial()
        return {"username": self.request.user.get_username()} | initial if self.asker.asks_again else initial

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add who is logged in, and whether it is the application that asks."""
        return super().get_context_data(**kwargs) | {
            "person_name": self.request.user.get_username(),
            "asks_again": self.asker.asks_again,
        }
