"""The login page: Django's, throttled before a password is hashed, with the headers of our pages."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from oauthcore import events
from oauthcore.flows.client_authentication import find_application
from oauthcore.flows.login_limits import count_login
from oauthcore.flows.passwords import keep_grants_over_rehash
from oauthcore.models import SecurityEvent
from oauthcore.models.database import DATABASE_IS_DOWN, unavailable
from oauthcore.pages.language import spoken
from oauthcore.pages.responses import error_page, secure
from oauthcore.rules.errors import InvalidCredentials, OAuthError, TemporarilyUnavailable
from oauthcore.rules.parameters import parse_urlencoded

logger = logging.getLogger("oauthcore")

#: Hashing a megabyte costs a second; no password manager makes a longer one.
_LONGEST_PASSWORD = 1024


_WRONG = gettext_lazy("This username and password do not belong together. Check both and try again.")


class LoginForm(AuthenticationForm):
    """Django's form, which counts each try before it looks at the password."""

    error_messages = {
        "invalid_login": _WRONG,
        "inactive": _WRONG,
    }
    retry_after: int | None = None

    @sensitive_variables("password", "cleaned")
    def clean(self) -> dict[str, Any]:
        """Return the cleaned data; raise ValidationError for a wrong password and for one try too many."""
        login, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if login is None or not password:
            return self.cleaned_data
        self.retry_after = count_login(login)
        if self.retry_after is not None:
            raise ValidationError(
                _("Too many tries. Wait %(seconds)s seconds and try again."),
                "throttled",
                {"seconds": self.retry_after},
            )
        if len(password) > _LONGEST_PASSWORD:
            raise self.get_invalid_login_error()
        with keep_grants_over_rehash(get_user_model(), login) as attempt:
            cleaned = super().clean()
            attempt.user = self.get_user()
        return cleaned

    def get_invalid_login_error(self) -> forms.ValidationError:
        """Return the one error for unknown logins, wrong passwords and inactive users, and count it."""
        refusal = InvalidCredentials("the login or the password is wrong")
        events.note_refusal(refusal, kind=SecurityEvent.Kind.SIGN_IN_REFUSED)
        return super().get_invalid_login_error()


class LoginView(auth_views.LoginView):
    """Logs a person in: ``path("login", LoginView.as_view(), name="login")``.

    A site overrides ``registration/login.html``.
    """

    form_class = LoginForm

    # Exempt from the middleware's check, not from the view's own: so its refusal carries the page's headers.
    @method_decorator(csrf_exempt)
    # A try is counted for good, and its row is not kept locked while a password is hashed.
    @method_decorator(transaction.non_atomic_requests)
    @method_decorator(login_not_required)
    @method_decorator(sensitive_post_parameters())
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with the page's headers; with 503 when tries cannot be counted."""
        next_url = self.get_redirect_url()
        with spoken(_parameter(next_url, "lang")):
            try:
                response = super().dispatch(request, *args, **kwargs)
                if isinstance(response, TemplateResponse):
                    response.render()  # while the language is spoken
            except TemporarilyUnavailable as refusal:
                return _cannot_log_in(request, refusal)
            except DATABASE_IS_DOWN:
                logger.exception("the login page lost its database")
                return _cannot_log_in(request, unavailable())
            secure(response, has_form=True, leads_away=_leads_to_authorize(next_url))
            return response

    def get_template_names(self) -> list[str]:
        """Return the site's own template, or ours."""
        return ["registration/login.html", "oauthcore/login.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the name of the application that the person is on the way to."""
        return super().get_context_data(**kwargs) | {
            "application_name": _application_name(self.get_redirect_url())
        }

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Log the person in and note it."""
        events.record(SecurityEvent.Kind.SIGNED_IN, user=form.get_user(), reason="browser")
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show what is wrong; one try too many is a 429."""
        response = super().form_invalid(form)
        retry_after = getattr(form, "retry_after", None)
        if retry_after is not None:
            response.status_code = 429
            response["Retry-After"] = str(retry_after)
        return response


def _leads_to_authorize(next_url: str) -> bool:
    """Return whether a login may end at an application, for the authorize page may pass people on at once."""
    try:
        return hasattr(resolve(urlsplit(next_url).path).func, "leads_away")
    except Resolver404:
        return False


def _parameter(next_url: str, name: str) -> str | None:
    """Return a parameter of the authorization request that the person is on the way to, if that is so."""
    if not _leads_to_authorize(next_url):
        return None
    try:
        return parse_urlencoded(urlsplit(next_url).query, {name}).get(name)
    except OAuthError:
        return None


def _application_name(next_url: str) -> str:
    client_id = _parameter(next_url, "client_id")
    application = find_application(client_id) if client_id else None
    return application.name if application else ""


def _cannot_log_in(request: HttpRequest, refusal: TemporarilyUnavailable) -> HttpResponse:
    return error_page(
        request,
        title=_("Logging in does not work right now"),
        message=_("Something that it needs does not answer. Nobody was logged in."),
        hint=_("Try again in a moment."),
        status=503,
        retry_after=refusal.retry_after,
    )
