"""The pages for adding and removing passkeys, and the section about them on the security page."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from oauthcore.accounts import User, person_of
from oauthcore.flows.second_factor import passkeys
from oauthcore.flows.second_factor.codes import LONGEST_CODE
from oauthcore.pages.frame.notes import see_other
from oauthcore.pages.frame.personal import personal_page
from oauthcore.pages.frame.requests import hidden_field
from oauthcore.pages.frame.responses import page
from oauthcore.pages.frame.throttled import too_many_requests, try_again_in
from oauthcore.pages.security import other_browsers
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import OAuthError, Throttled
from oauthcore.rules.errors.sign_in import InvalidCredentials, InvalidMFACode
from oauthcore.rules.sign_in.passkeys import LONGEST_NAME, PasskeyRefused, Problem

_STATE = "oauthcore_new_passkey"

_WORDS = {
    Problem.NO_DOMAIN: gettext_lazy("Passkeys need a domain name, and this site's address has none."),
    Problem.LOOPBACK: gettext_lazy(
        "Passkeys need a domain name, and this site's address has none. To try them on this computer, "
        "run the site as localhost (the demo: make demo HOST=localhost)."
    ),
    Problem.NOT_HTTPS: gettext_lazy(
        "Browsers allow passkeys over https only, and this site does not use https."
    ),
    Problem.NOT_INSTALLED: gettext_lazy("This site is not set up for passkeys."),
    Problem.FACTOR_OFF: gettext_lazy("Switch on two-step verification first. Passkeys need it."),
    Problem.TOO_MANY: gettext_lazy(
        "You have the largest number of passkeys that is allowed. Remove one first."
    ),
    Problem.NAME: gettext_lazy("Enter a name of at most 100 characters, in one line."),
    Problem.OVER: gettext_lazy("This took too long, or was already done. Start again."),
    Problem.NOT_VALID: gettext_lazy("The passkey was not accepted. Try again."),
    Problem.KNOWN: gettext_lazy("This passkey was already added."),
}


def section(user: User) -> dict[str, Any]:
    """Return the context of ``oauthcore/security/passkeys.html`` for a person whose second factor is on."""
    return {"passkeys": passkeys.passkeys_of(user), "passkeys_obstacle": _obstacle(user)}


@personal_page("GET", "POST")
@sensitive_post_parameters("password", "code")
def passkey_new(request: HttpRequest) -> HttpResponseBase:
    """Ask for a name, the password and a code. Then let the browser make a passkey, and add it."""
    if request.method != "POST":
        return _asked(request)
    if "passkey" in request.POST:
        return _added(request)
    name, password = request.POST.get("name", ""), hidden_field(request, "password")
    code = hidden_field(request, "code", most=LONGEST_CODE)
    try:
        ceremony = passkeys.begin_registration(
            person_of(request), name=name, password=password, code=code, request=request
        )
    except (PasskeyRefused, InvalidCredentials, InvalidMFACode, Throttled) as refusal:
        return _asked(request, name=name[:LONGEST_NAME], refusal=refusal)
    request.session[_STATE] = ceremony.state
    other_browsers.prepare(request, password)
    context = {"name": ceremony.state["name"], "options": json.dumps(ceremony.options)}
    return page(request, "oauthcore/security/passkey_touch.html", context, has_form=True)


def _added(request: HttpRequest) -> HttpResponseBase:
    state = request.session.pop(_STATE, None)
    try:
        passkeys.register(person_of(request), state, request.POST["passkey"])
    except PasskeyRefused as refusal:
        return _asked(request, name=state["name"] if state else "", refusal=refusal)
    other_browsers.end_prepared(request)
    return see_other(request, reverse("oauthcore:security"), note=_("You have added a passkey."))


def _asked(request: HttpRequest, *, name: str = "", refusal: OAuthError | None = None) -> HttpResponseBase:
    context = {
        "name": name,
        "obstacle": _obstacle(person_of(request)),
        "most_letters": LONGEST_NAME,
        "most_code": LONGEST_CODE,
    }
    return _form(request, "oauthcore/security/passkey_new.html", context, refusal)


@personal_page("GET", "POST")
@sensitive_post_parameters("password")
def passkey_remove(request: HttpRequest, number: int) -> HttpResponseBase:
    """Ask for the password, and remove a passkey of the person. A passkey of somebody else is 404."""
    passkey = passkeys.passkey_of(person_of(request), number)
    if passkey is None:
        raise Http404
    refusal = None
    if request.method == "POST":
        password = hidden_field(request, "password")
        try:
            passkeys.remove(person_of(request), passkey, password=password, request=request)
        except (InvalidCredentials, Throttled) as refused:
            refusal = refused
        else:
            other_browsers.end_with(request, password)
            return see_other(request, reverse("oauthcore:security"), note=_("You have removed a passkey."))
    return _form(request, "oauthcore/security/passkey_remove.html", {"passkey": passkey}, refusal)


def _form(
    request: HttpRequest, template: str, context: dict[str, Any], refusal: OAuthError | None
) -> HttpResponseBase:
    """Show a form, with each error beside its field."""
    context = {**context, "person_name": request.user.get_username()}
    if refusal is None:
        return page(request, template, context, has_form=True)
    events.note_refusal(refusal)
    context[_place_of(refusal)] = _words_for(refusal)
    response = page(request, template, context, status=400, has_form=True)
    return too_many_requests(response, refusal.retry_after) if isinstance(refusal, Throttled) else response


def _place_of(refusal: OAuthError) -> str:
    if isinstance(refusal, InvalidCredentials):
        return "password_problem"
    if isinstance(refusal, InvalidMFACode):
        return "code_problem"
    is_name = isinstance(refusal, PasskeyRefused) and refusal.problem is Problem.NAME
    return "name_problem" if is_name else "problem"


def _words_for(refusal: OAuthError) -> str:
    if isinstance(refusal, PasskeyRefused):
        return str(_WORDS[refusal.problem])
    if isinstance(refusal, Throttled):
        return try_again_in(refusal.retry_after)
    if isinstance(refusal, InvalidMFACode):
        return _("This code is wrong or was already used. Wait for the next code and try again.")
    return _("This password is wrong.")


def _obstacle(user: User) -> str:
    """Return in words why a person cannot add a passkey, or an empty text."""
    try:
        passkeys.require_available()
        passkeys.require_room(user)
    except PasskeyRefused as refusal:
        return _words_for(refusal)
    return ""
