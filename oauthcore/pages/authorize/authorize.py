"""The authorize page: a person decides what an application may do (RFC 6749 §4.1.1, OAuth 2.1 §4.1.1)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from oauthcore import conf
from oauthcore.accounts import Account, person_of
from oauthcore.flows.oauth.authorization_answers import (
    answer_approval,
    answer_denial,
    answer_without_page,
    note_habits,
)
from oauthcore.flows.oauth.authorization_parameters import (
    PARAMETERS,
    SEVERAL,
    asks_for_login,
    known_state,
    prompts_in,
)
from oauthcore.flows.oauth.authorization_request import AuthorizationRequest
from oauthcore.flows.oauth.consent.question import needs_page
from oauthcore.flows.oauth.consent.shown_page import PageNotValid, ShownPage
from oauthcore.flows.oauth.login_wanted import refuse_unattainable, require_enough, wants_login
from oauthcore.flows.oauth.redirect_target import RedirectTarget, UntrustedTarget
from oauthcore.languages import spoken
from oauthcore.models.database import DATABASE_IS_DOWN, atomic, retried, unavailable
from oauthcore.pages.authorize import waiting
from oauthcore.pages.authorize.answers import sent
from oauthcore.pages.authorize.consent_form import ConsentForm, consent_page, login_mark_of
from oauthcore.pages.authorize.documents import read_document
from oauthcore.pages.authorize.leading_to_login import nothing_was_allowed, to_login, to_login_of_ours
from oauthcore.pages.authorize.login_in_request import with_login
from oauthcore.pages.authorize.posted import takes_posted_requests
from oauthcore.pages.authorize.visit import Visit
from oauthcore.pages.frame.access import is_logged_in
from oauthcore.pages.frame.language import languages_in
from oauthcore.pages.frame.requests import only
from oauthcore.pages.frame.responses import error_page
from oauthcore.pages.frame.ways_on import website_at
from oauthcore.recording import events
from oauthcore.recording.login_sessions import login_of
from oauthcore.rules.errors.oauth import (
    ConsentRequired,
    LoginRequired,
    OAuthError,
    ServerError,
)
from oauthcore.rules.wire.parameters import Parameters

logger = logging.getLogger("oauthcore")


@csrf_exempt  # from the middleware's check: the page makes its own, whose refusal carries the headers
@transaction.non_atomic_requests
@only("GET", "POST")
@takes_posted_requests
@csrf_protect
def authorize(request: HttpRequest) -> HttpResponseBase:
    """Show the consent page, take its decision, or answer at once if no consent is needed."""
    try:
        visit = Visit.of(request)
    except OAuthError as refusal:
        return _shown(request, refusal)
    except DATABASE_IS_DOWN:
        logger.exception("the authorize page lost its database")
        return nothing_was_allowed(request)
    with spoken(languages_in(visit.parameters)):
        return _answered(request, visit)


def _answered(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    try:
        refused = read_document(request, visit.parameters)
        if refused is not None:
            return refused
        return _decide(request, visit) if request.method == "POST" else _look(request, visit)
    except (UntrustedTarget, PageNotValid) as refusal:
        return _shown(request, refusal, visit)
    except OAuthError as refusal:
        return _sent_back(request, visit, refusal)
    except DATABASE_IS_DOWN:
        logger.exception("the authorize page lost its database")
        if _is_reachable(visit):
            return _sent_back(request, visit, unavailable())
        return nothing_was_allowed(request)
    except Exception:
        if not _is_reachable(visit):
            raise
        logger.exception("the authorize page broke")
        return _sent_back(request, visit, ServerError("the authorize page broke"))


def _is_reachable(visit: Visit) -> bool:
    """Return whether an error can be sent to the application. Otherwise the person sees it on a page."""
    return visit.target is not None and not visit.target.is_out_of_band


# It asks for a login itself, after it has looked at who sent the person here; and it leads to applications.
authorize.login_required = False  # type: ignore[attr-defined]
authorize.leads_away = True  # type: ignore[attr-defined]


def _look(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Answer a GET. For a legacy application, count what OAuth 2.1 would have refused."""
    response = _looked(request, visit)
    if visit.granted is not None:
        note_habits(visit.granted)
    return response


@retried
def _looked(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Answer a GET in a transaction, so that a remembered consent cannot be withdrawn meanwhile."""
    visit.granted = None
    with atomic():
        visit.target = RedirectTarget.find(visit.parameters, user=person_of(request), holds_consent=True)
        asked = _asked(request, visit, visit.target)
        if asked is None:
            return to_login(request, visit.query, asks_again=asks_for_login(visit.parameters))
        if asked.is_silent_guess:
            raise ConsentRequired(
                "the person approved nothing yet, and the application must not learn who it is"
            )
        user, login, known = person_of(request), login_of(request), waiting.found(request, visit.query)
        if known is not None and known.asked_at is not None:
            if not known.is_answered(request):
                return to_login_of_ours(request)
            require_enough(asked, user, login)
        elif waiting.is_switch(request) or wants_login(asked, user, login, now=timezone.now()):
            if asked.access.is_silent:
                raise LoginRequired("the credentials are to be asked for again")
            refuse_unattainable(asked, user)
            return to_login(request, visit.query, asks_again=True)
        return _ask(request, visit, asked)


def _asked(request: HttpRequest, visit: Visit, target: RedirectTarget) -> AuthorizationRequest | None:
    """Return the authorization request, or None if the person has to log in first."""
    if not is_logged_in(request):
        if "none" in prompts_in(visit.parameters):
            raise LoginRequired("the person is not logged in")
        return None
    asked = visit.asks_for(target)
    user = person_of(request)
    if not conf.settings().account_backend.is_live_user(user):
        raise LoginRequired("the site does not vouch for the user any more")
    return with_login(request, asked)


def _ask(request: HttpRequest, visit: Visit, asked: AuthorizationRequest) -> HttpResponseBase:
    accounts = _accounts_of(request)
    if needs_page(asked.access, asked.target.consent, accounts, person_of(request)):
        if asked.access.is_silent:
            raise ConsentRequired("the person has not approved this yet")
        return consent_page(request, visit.query, asked, accounts=accounts)
    answer = answer_without_page(asked, user=person_of(request), accounts=accounts)
    visit.granted = asked
    return sent(request, answer)


def _decide(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Take the decision. Of the body only the transaction, the ticked scopes and the account are read."""
    visit.target = RedirectTarget.find(visit.parameters, user=person_of(request))
    asked = _asked(request, visit, visit.target)
    if asked is None:
        return to_login(request, visit.query, asks_again=False)
    _refuse_contradiction(request, visit.parameters)
    transaction_text, login_mark = request.POST.get("transaction"), login_mark_of(request)
    shown = ShownPage.parse(
        transaction_text,
        asked.access,
        user=person_of(request),
        login_mark=login_mark,
        bound_to=asked.bound_to,
    )
    if request.POST.get("decision") == "deny":
        return sent(request, answer_denial(shown, asked, user=person_of(request)))
    if request.POST.get("decision") != "approve":
        raise PageNotValid("neither approve nor deny was sent")
    accounts = _accounts_of(request)
    consent = visit.target.consent
    form = ConsentForm.read(request.POST, shown=shown, consent=consent, accounts=accounts)
    if form.problem:
        return consent_page(request, visit.query, asked, accounts=accounts, form=form)
    answer = answer_approval(
        shown,
        asked,
        user=person_of(request),
        ticked=form.ticked,
        account_uuid=form.account.uuid if form.account else None,
    )
    return sent(request, answer)


def _accounts_of(request: HttpRequest) -> Sequence[Account]:
    user = person_of(request)
    return conf.settings().account_backend.accounts_of(user)


def _refuse_contradiction(request: HttpRequest, parameters: Parameters) -> None:
    """Refuse a body whose parameters contradict the address."""
    for name in (PARAMETERS | SEVERAL) - {"scope"}:
        sent = [*parameters.items(name)] if name in SEVERAL else [parameters.get(name) or ""]
        if name in request.POST and request.POST.getlist(name) != sent:
            raise PageNotValid("the body contradicts the address")


def _sent_back(request: HttpRequest, visit: Visit, refusal: OAuthError) -> HttpResponseBase:
    """Send a refusal to the application, or show it on a page if the application is not known."""
    if visit.target is None:
        return _shown(request, refusal, visit)
    events.note_refusal(refusal)
    visit.answer_with(refusal)
    return sent(request, visit.target.refusal(refusal, known_state(visit.parameters)))


def _shown(request: HttpRequest, refusal: OAuthError, visit: Visit | None = None) -> HttpResponseBase:
    """Say on a page why the browser is sent nowhere."""
    events.note_refusal(refusal)
    website = website_at(visit.target, refusal, visit.parameters.get("client_id")) if visit else ""
    if isinstance(refusal, PageNotValid):
        return error_page(
            request,
            title=_("This page is no longer valid"),
            message=_(
                "It is too old or was already answered, or you have logged in again or ended some "
                "access since then. Nothing was changed."
            ),
            hint=_("Go back to the application and start again."),
            website=website,
        )
    if isinstance(refusal, UntrustedTarget):
        return error_page(
            request,
            title=_("This link does not work"),
            message=_("This site does not know the application that sent you here, or its return address."),
            hint=_("It got no data about you. Go back and try again."),
            developer_hint=_(
                "Check client_id and redirect_uri, or look up the number below on the application’s "
                "Refusals page."
            ),
            website=website,
        )
    return error_page(
        request,
        title=_("This link does not work"),
        message=_("The application that sent you here made a mistake in the link."),
        hint=_("It got no data about you. Go back to the application and start again."),
        website=website,
    )
