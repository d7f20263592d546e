"""The second step of logging in: a code after the password, before anybody is logged in."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps

from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from oauthcore import conf
from oauthcore.flows.passwords.password_tries import Tries
from oauthcore.flows.second_factor.challenges import answer_with_code
from oauthcore.flows.second_factor.codes import LONGEST_CODE
from oauthcore.languages import spoken
from oauthcore.models import MFAChallenge
from oauthcore.pages.authorize.leading_away import asker_at, languages_of, leads_to_authorize
from oauthcore.pages.frame.access import has_expired, is_logged_in, to_login, wants_second_step
from oauthcore.pages.frame.notes import SeeOther
from oauthcore.pages.frame.personal import answers_when_down
from oauthcore.pages.frame.requests import hidden_field, only
from oauthcore.pages.frame.responses import Page, page
from oauthcore.pages.frame.throttled import too_many_requests, try_again_in
from oauthcore.pages.login.completing_login import PendingLogin, ask, complete_login, confirm_login
from oauthcore.pages.login.passkey_step import answer_with_passkey, options_for
from oauthcore.recording import events
from oauthcore.recording.login_sessions import LOGIN_TRIES, login_of
from oauthcore.rules.errors.oauth import OAuthError, Throttled
from oauthcore.rules.errors.sign_in import InvalidMFACode, InvalidMFAToken
from oauthcore.rules.oauth.step_up import methods_after
from oauthcore.rules.text.hidden_text import HiddenText


def leads_on(view: Page) -> Page:
    """Redirect people who send a form that became invalid when they logged in in another tab."""

    @wraps(view)
    def led(request: HttpRequest) -> HttpResponseBase:
        response = view(request)
        if has_expired(request, response):
            return SeeOther(_next_of(request) or resolve_url(django_settings.LOGIN_REDIRECT_URL))
        return response

    return led


@csrf_exempt  # from the middleware's check: the page makes its own, whose refusal carries the headers
@transaction.non_atomic_requests
@only("GET", "POST")
@leads_on
@csrf_protect
@sensitive_post_parameters("code")
@answers_when_down
def second_step(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code after the password was right, and log the person in."""
    pending = _waiting(request)
    if pending is None:
        next_url = _next_of(request) or resolve_url(django_settings.LOGIN_REDIRECT_URL)
        return SeeOther(next_url) if is_logged_in(request) else to_login(request, next_url)
    with spoken(languages_of(request, pending.next_url)):
        if request.method == "POST":
            return _answer(request, pending)
        return _page(request, pending, pending.live_challenge())


second_step.login_required = False  # type: ignore[attr-defined]  # the person is not logged in yet


def _waiting(request: HttpRequest) -> PendingLogin | None:
    """Return the login that waits for its second step, leading to the latest page that was asked for."""
    pending, next_url = PendingLogin.of(request), _next_of(request)
    if wants_second_step(request) and (pending is None or pending.live_challenge() is None):
        return _of_logged_in(request, next_url)
    if pending is not None and next_url:
        pending = replace(pending, next_url=next_url)
        pending.keep(request)
    return pending


def _of_logged_in(request: HttpRequest, next_url: str) -> PendingLogin | None:
    """Ask for the second step of a person who logged in with another form, which did not ask for it."""
    if not request.user.is_authenticated:
        return None
    backend = request.session[BACKEND_SESSION_KEY]
    next_url = next_url or resolve_url(django_settings.LOGIN_REDIRECT_URL)
    tries = Tries.unpacked(request.session.pop(LOGIN_TRIES, None))
    amr = login_of(request).amr
    pending = ask(request.user, backend=backend, next_url=next_url, tries=tries, amr=amr)
    if pending is None:
        complete_login(request, request.user, backend, amr=amr)
    else:
        pending.keep(request)
    return pending


def _answer(request: HttpRequest, pending: PendingLogin) -> HttpResponseBase:
    code = hidden_field(request, "code", most=LONGEST_CODE)
    challenge = MFAChallenge.find(pk=pending.challenge, channel=MFAChallenge.Channel.BROWSER)
    try:
        if challenge is None:
            raise InvalidMFAToken("the challenge is gone")
        _log_in_with_answer(request, pending, challenge, code)
    except (InvalidMFACode, InvalidMFAToken, Throttled) as refusal:
        return _refused(request, pending, refusal)
    return SeeOther(pending.next_url)


def _log_in_with_answer(
    request: HttpRequest, pending: PendingLogin, challenge: MFAChallenge, code: HiddenText
) -> None:
    """Use up what was shown and log the person in, in one transaction: a code is not lost without a login."""

    def log_in(second_step: str) -> bool:
        amr = methods_after(pending.amr, second_step)
        if pending.confirms and is_logged_in(request) and request.user.pk == challenge.user_id:
            confirm_login(request, amr=amr)
        else:
            complete_login(request, challenge.user, pending.backend, amr=amr)
        return True

    if request.POST.get("passkey"):
        answer_with_passkey(request, challenge, log_in)
    else:
        answer_with_code(challenge, code, log_in)


def _refused(request: HttpRequest, pending: PendingLogin, refusal: OAuthError) -> HttpResponseBase:
    """Say on the page what was wrong, and whether there can be another try."""
    events.note_refusal(refusal)
    challenge = None if isinstance(refusal, InvalidMFAToken) else pending.live_challenge()
    if isinstance(refusal, Throttled):
        response = _page(request, pending, challenge, problem=try_again_in(refusal.retry_after))
        return too_many_requests(response, refusal.retry_after)
    if challenge is None:
        return _page(request, pending, None)
    if request.POST.get("passkey"):
        passkey_problem = _("This passkey was not accepted. Try again, or enter a code.")
        return _page(request, pending, challenge, passkey_problem=passkey_problem)
    problem = _("This code is wrong or was already used. Wait for the next code and try again.")
    if _is_about_recovery(request, pending):
        problem = _("This recovery code is wrong or was already used.")
    return _page(request, pending, challenge, problem=problem)


def _page(
    request: HttpRequest,
    pending: PendingLogin,
    challenge: MFAChallenge | None,
    *,
    problem: str = "",
    passkey_problem: str = "",
) -> HttpResponseBase:
    passkey_options, about_recovery = options_for(request, challenge), _is_about_recovery(request, pending)
    context = {
        "person_name": challenge.user.get_username() if challenge else "",
        "application_name": asker_at(request, pending.next_url, to_anybody=False).application_name,
        "methods": pending.methods,
        "asks_for_recovery_code": about_recovery,
        "problem": problem,
        "is_over": challenge is None,
        "next_url": pending.next_url,
        "login_url": redirect_to_login(pending.next_url).url,
        "minutes": conf.settings().MFA_TOKEN_LIFETIME // 60,
        "passkey_options": passkey_options,
        "passkey_first": bool(passkey_options) and not problem and not about_recovery,
        "passkey_problem": passkey_problem,
    }
    return page(
        request,
        "oauthcore/login/second_step.html",
        context,
        has_form=True,
        has_problem=bool(problem or passkey_problem or challenge is None),
        leads_away=leads_to_authorize(pending.next_url),
    )


def _is_about_recovery(request: HttpRequest, pending: PendingLogin) -> bool:
    """Return whether the person would rather show a recovery code, for which a keyboard needs its letters."""
    return request.GET.get("with") == "recovery_code" in pending.methods


def _next_of(request: HttpRequest) -> str:
    """Return the page of this site that the form or the address asks to go on to, or an empty text."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else ""
