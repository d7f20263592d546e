"""The authorize page: one person deciding what one application may do (RFC 6749 §4.1.1, OAuth 2.1 §4.1.1)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import DisallowedRedirect
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from oauthcore import conf, events
from oauthcore.accounts import Account
from oauthcore.flows import consent as decisions
from oauthcore.flows.approve import find_consent
from oauthcore.flows.authorize import PARAMETERS, AuthorizationRequest, known_state, prompts_in
from oauthcore.flows.consent import PageNotValid, ShownPage
from oauthcore.flows.redirect_target import RedirectTarget, UntrustedTarget
from oauthcore.models import Consent
from oauthcore.models.database import DATABASE_IS_DOWN, unavailable
from oauthcore.pages import reauthentication
from oauthcore.pages.consent_form import ConsentForm, consent_page
from oauthcore.pages.responses import ApplicationRedirect, error_page, only
from oauthcore.rules.errors import ConsentRequired, InvalidRequest, LoginRequired, OAuthError, ServerError
from oauthcore.rules.parameters import Parameters, parse_urlencoded

logger = logging.getLogger("oauthcore")


@csrf_exempt  # from the middleware's check: the page makes its own, whose refusal carries the headers
@transaction.non_atomic_requests
@only("GET", "POST")
@csrf_protect
def authorize(request: HttpRequest) -> HttpResponseBase:
    """Show the consent page, take its decision, or answer at once where nobody has to be asked."""
    try:
        parameters = parse_urlencoded(request.META.get("QUERY_STRING", ""), PARAMETERS)
        target = RedirectTarget.find(parameters)
    except OAuthError as refusal:
        return _shown(request, refusal)
    except DATABASE_IS_DOWN:
        logger.exception("the authorize page cannot look anything up")
        return _unavailable(request)
    try:
        return _answer(request, target, parameters)
    except PageNotValid as refusal:
        return _shown(request, refusal)
    except OAuthError as refusal:
        return _sent_back(target, parameters, refusal)
    except DATABASE_IS_DOWN:
        logger.exception("the authorize page lost its database")
        return _sent_back(target, parameters, unavailable())
    except Exception:
        logger.exception("the authorize page broke")
        return _sent_back(target, parameters, ServerError("the authorize page broke"))


# It asks for a login itself, after it has looked at who sent the person here.
authorize.login_required = False  # type: ignore[attr-defined]


def _answer(request: HttpRequest, target: RedirectTarget, parameters: Parameters) -> HttpResponseBase:
    if not request.user.is_authenticated:
        if "none" in prompts_in(parameters):
            raise LoginRequired("nobody is logged in")
        return _to_login(request, request.get_full_path())
    asked = AuthorizationRequest.parse(target, parameters)
    if not conf.settings().account_backend.is_live_user(request.user):
        raise LoginRequired("the site does not vouch for the user any more")
    if request.method == "POST":
        return _decide(request, asked, parameters)
    if asked.wants_login and not reauthentication.is_fresh(request):
        if asked.is_silent:
            raise LoginRequired("the credentials are to be asked for again")
        return _to_login(request, reauthentication.marked_path(request))
    return _ask(request, asked)


def _ask(request: HttpRequest, asked: AuthorizationRequest) -> HttpResponseBase:
    consent, accounts = _known(request, asked)
    if decisions.needs_page(asked, consent, accounts):
        if asked.is_silent:
            raise ConsentRequired("the person has not approved this yet")
        return consent_page(request, asked, consent=consent, accounts=accounts)
    url = decisions.decide_without_page(asked, consent, user=request.user, accounts=accounts)
    return ApplicationRedirect(url)


def _decide(request: HttpRequest, asked: AuthorizationRequest, parameters: Parameters) -> HttpResponseBase:
    """Take the decision: signed transaction, ticked scopes and account are all that is read of the body."""
    _refuse_contradiction(request, parameters)
    sent, session_key = request.POST.get("transaction"), request.session.session_key or ""
    shown = ShownPage.parse(sent, asked, user=request.user, session_key=session_key)
    if request.POST.get("decision") == "deny":
        return ApplicationRedirect(decisions.decide_denial(shown, asked, user=request.user))
    if request.POST.get("decision") != "approve":
        raise PageNotValid("neither approve nor deny was sent")
    consent, accounts = _known(request, asked)
    form = ConsentForm.read(request.POST, shown=shown, accounts=accounts)
    if form.problem:
        return consent_page(request, asked, consent=consent, accounts=accounts, form=form)
    url = decisions.decide_approval(
        shown,
        asked,
        user=request.user,
        approved=form.scopes,
        account_uuid=form.account.uuid if form.account else None,
    )
    return ApplicationRedirect(url)


def _known(request: HttpRequest, asked: AuthorizationRequest) -> tuple[Consent | None, Sequence[Account]]:
    user: Any = request.user
    return find_consent(user, asked.application), conf.settings().account_backend.accounts_of(user)


def _refuse_contradiction(request: HttpRequest, parameters: Parameters) -> None:
    """Refuse a body that says something else than the address about the request itself."""
    for name in PARAMETERS - {"scope"}:
        if name in request.POST and request.POST.getlist(name) != [parameters.get(name) or ""]:
            raise PageNotValid("the body contradicts the address")


def _to_login(request: HttpRequest, path: str) -> HttpResponseBase:
    """Have the person log in and come back; say so on a page where the way back is too long to be carried."""
    try:
        return redirect_to_login(path)
    except DisallowedRedirect:
        return _shown(request, InvalidRequest("the address is too long to come back to after a login"))


def _sent_back(target: RedirectTarget, parameters: Parameters, refusal: OAuthError) -> HttpResponseBase:
    events.note_refusal(refusal)
    return ApplicationRedirect(target.refusal(refusal, known_state(parameters)))


def _unavailable(request: HttpRequest) -> HttpResponseBase:
    return error_page(
        request,
        title=_("This does not work right now"),
        message=_("Something that we need does not answer. Nothing was allowed."),
        hint=_("Try again in a moment."),
        status=503,
        retry_after=unavailable().retry_after,
    )


def _shown(request: HttpRequest, refusal: OAuthError) -> HttpResponseBase:
    """Say on a page why the browser is sent nowhere."""
    events.note_refusal(refusal)
    if isinstance(refusal, PageNotValid):
        return error_page(
            request,
            title=_("This page can no longer be answered"),
            message=_(
                "It is too old, was answered before, or you have logged in again since. Nothing was allowed."
            ),
            hint=_("Go back to the application and start again."),
        )
    if isinstance(refusal, UntrustedTarget):
        return error_page(
            request,
            title=_("This link does not work"),
            message=_(
                "The application that sent you here is not known, or its return address is not registered."
            ),
            hint=_(
                "Nothing was shared. Go back and try again. Developers: compare client_id and redirect_uri."
            ),
        )
    return error_page(
        request,
        title=_("This link does not work"),
        message=_("The application that sent you here made a mistake in the link."),
        hint=_("Nothing was shared. Go back to the application and start again."),
    )
