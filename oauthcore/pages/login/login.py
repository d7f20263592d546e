"""The login page: Django's, with limits before a password is hashed, and with the headers of our pages."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any, cast

from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from oauthcore.flows.passwords.credentials import LONGEST_LOGIN, check_credentials
from oauthcore.flows.passwords.password_tries import NO_TRIES, Tries
from oauthcore.languages import spoken
from oauthcore.models.database import DATABASE_IS_DOWN, unavailable
from oauthcore.pages.authorize.leading_away import Asker, asker_at, languages_of, leads_to_authorize
from oauthcore.pages.frame.access import has_expired, is_logged_in
from oauthcore.pages.frame.notes import SeeOther
from oauthcore.pages.frame.requests import reads_forms
from oauthcore.pages.frame.responses import secure, unavailable_page
from oauthcore.pages.frame.throttled import too_many_requests, try_again_in
from oauthcore.pages.login.completing_login import log_in_or_ask
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import TemporarilyUnavailable, Throttled
from oauthcore.rules.errors.sign_in import InvalidCredentials
from oauthcore.rules.text.hidden_text import HiddenText

logger = logging.getLogger("oauthcore")

_WRONG = gettext_lazy("The username or the password is wrong. Check both and try again.")


class LoginForm(AuthenticationForm):
    """Django's form. It counts each try before it checks the password."""

    error_messages = {
        "invalid_login": _WRONG,
        "inactive": _WRONG,
    }
    retry_after: int | None = None
    tries: Tries = NO_TRIES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["username"]
        field.label = _("Username or e-mail address")
        # Django's own limit is the longest username, and an address may be longer.
        field.max_length = field.widget.attrs["maxlength"] = LONGEST_LOGIN  # type: ignore[attr-defined]
        if self.initial.get("username"):
            del field.widget.attrs["autofocus"]
            self.fields["password"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data. Raises ValidationError for a wrong password and for too many tries."""
        login, password = self.cleaned_data.get("username"), HiddenText(self.cleaned_data.get("password", ""))
        if login is None or not password:
            return self.cleaned_data
        try:
            shown = check_credentials(login, password, request=self.request)
        except InvalidCredentials as refusal:
            events.note_refusal(refusal)
            raise self.get_invalid_login_error() from None
        except Throttled as refusal:
            events.note_refusal(refusal)
            self.retry_after = refusal.retry_after
            raise ValidationError(try_again_in(refusal.retry_after), "throttled") from None
        self.user_cache, self.tries = shown.user, shown.tries
        self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data


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
    @method_decorator(reads_forms())
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with the page's headers, or with 503 if tries cannot be counted."""
        next_url = self.get_redirect_url()
        with spoken(languages_of(request, next_url)):
            try:
                response = super().dispatch(request, *args, **kwargs)
                if isinstance(response, TemplateResponse):
                    response.render()  # while the language is spoken
            except TemporarilyUnavailable as refusal:
                return _cannot_log_in(request, refusal)
            except DATABASE_IS_DOWN:
                logger.exception("the login page lost its database")
                return _cannot_log_in(request, unavailable())
            if has_expired(request, response):
                return SeeOther(self.get_success_url())
            secure(response, has_form=True, leads_away=leads_to_authorize(next_url))
            return response

    def get_template_names(self) -> list[str]:
        """Return the site's own template, or ours."""
        return ["registration/login.html", "oauthcore/login/login.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the name of the application that the person is on the way to."""
        return super().get_context_data(**kwargs) | {
            "application_name": self.asker.application_name,
            "password_reset_url": _password_reset_url(),
        }

    def get_initial(self) -> dict[str, Any]:
        """Fill in the login that the application expects."""
        hint = self.asker.login_hint
        return super().get_initial() | ({"username": hint} if hint else {})

    @cached_property
    def asker(self) -> Asker:
        """The application that waits for the login."""
        return asker_at(self.request, self.get_redirect_url(), to_anybody=not is_logged_in(self.request))

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Log the person in, or ask for their second factor first."""
        user: Any = form.get_user()
        tries = getattr(form, "tries", NO_TRIES)  # a site may have a form of its own
        try:
            answer = log_in_or_ask(
                self.request, user, backend=user.backend, next_url=self.get_success_url(), tries=tries
            )
        except InvalidCredentials as refusal:
            events.note_refusal(refusal)
            form.add_error(None, _WRONG)
            return self.form_invalid(form)
        return cast("HttpResponse", answer)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show what is wrong. Too many tries are a 429."""
        response = super().form_invalid(form)
        retry_after = getattr(form, "retry_after", None)
        return response if retry_after is None else too_many_requests(response, retry_after)


def _password_reset_url() -> str:
    """Return the address of the page for a forgotten password (Django's or allauth's), or an empty text."""
    for name in ("password_reset", "account_reset_password"):
        with suppress(NoReverseMatch):
            return reverse(name)
    return ""


def _cannot_log_in(request: HttpRequest, refusal: TemporarilyUnavailable) -> HttpResponse:
    return unavailable_page(
        request,
        title=_("Logging in does not work right now"),
        outcome=_("You are not logged in."),
        retry_after=refusal.retry_after,
    )
