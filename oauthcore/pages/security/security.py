"""The page on which people manage their second factor and the devices on which they are signed in.

A new seed is shown until the first right code confirms it. The session keeps only the name of the seed, and
its row holds it encrypted. A session that was stolen before does not show the seed: when the password is
given, the session gets a new key, and the stolen key ends. A session that is stolen between the password and
the first right code shows it. After that code the session gets a new key again, and no page shows the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from oauthcore import conf
from oauthcore.accounts import User, person_of
from oauthcore.flows.connections.connections import devices_of
from oauthcore.flows.passwords.credentials import LONGEST_PASSWORD
from oauthcore.flows.second_factor import totp_settings
from oauthcore.flows.second_factor.codes import LONGEST_CODE
from oauthcore.flows.second_factor.totp_settings import Enrolment
from oauthcore.pages.connections import device_list
from oauthcore.pages.frame.notes import SeeOther, note_for, see_other
from oauthcore.pages.frame.personal import personal_page
from oauthcore.pages.frame.requests import hidden_field
from oauthcore.pages.frame.responses import page
from oauthcore.pages.frame.throttled import too_many_requests, try_again_in
from oauthcore.pages.security import other_browsers, passkeys, qr_code
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import InvalidRequest, OAuthError, Throttled
from oauthcore.rules.errors.sign_in import InvalidCredentials, InvalidMFACode, NotFound
from oauthcore.rules.text.hidden_text import ClearText, HiddenText

#: The key in the session for the name of the unconfirmed seed.
_SEED = "oauthcore_waiting_seed"

_FEW_RECOVERY_CODES = 3


@dataclass(frozen=True)
class Problem:
    """An error in one of the forms. ``form`` names the form, and one of the texts is not empty."""

    form: str
    password: str = ""
    code: str = ""
    throttled: str = ""


@personal_page("GET", "POST")
@sensitive_post_parameters("password", "code")
def security(request: HttpRequest) -> HttpResponseBase:
    """Show the person's second factor and devices, and process the forms."""
    if request.method != "POST":
        return _page(request)
    if "do" not in request.POST:
        note = device_list.end(person_of(request), request.POST, timezone.now())
        return see_other(request, request.path, note=note)
    name = request.POST["do"]
    act = _ACTS.get(name)
    if act is None:
        raise Http404
    try:
        return act(request)
    except (InvalidCredentials, InvalidMFACode, Throttled) as refusal:
        return _refused(request, name, refusal)
    except InvalidRequest as refusal:
        events.note_refusal(refusal)
        return see_other(request, request.path, note=_why_nothing_was_done(request))
    except NotFound:
        raise Http404 from None


def _begin(request: HttpRequest) -> HttpResponseBase:
    password = hidden_field(request, "password")
    seed = uuid4()
    totp_settings.begin_totp(person_of(request), password=password, request=request, seed=seed)
    request.session[_SEED] = str(seed)
    other_browsers.prepare(request, password)
    request.session.cycle_key()
    return SeeOther(request.path)


def _cancel(request: HttpRequest) -> HttpResponseBase:
    request.session.pop(_SEED, None)
    return see_other(request, request.path, note=_("Two-step verification stays off."))


def _confirm(request: HttpRequest) -> HttpResponseBase:
    if _enrolment(request) is None:
        raise InvalidRequest("no seed waits in this browser")
    codes = totp_settings.confirm_totp(person_of(request), code=_code(request))
    del request.session[_SEED]
    other_browsers.end_prepared(request)
    request.session.cycle_key()
    return _recovery_codes(request, codes, is_first=True)


def _renew(request: HttpRequest) -> HttpResponseBase:
    codes = totp_settings.renew_recovery_codes(person_of(request), **_fresh_proof(request), request=request)
    other_browsers.end_with(request, hidden_field(request, "password"))
    return _recovery_codes(request, codes)


def _switch_off(request: HttpRequest) -> HttpResponseBase:
    totp_settings.switch_off(person_of(request), **_fresh_proof(request), request=request)
    other_browsers.end_with(request, hidden_field(request, "password"))
    return see_other(
        request, request.path, note=_("Two-step verification is off. Your password is now enough to log in.")
    )


def _fresh_proof(request: HttpRequest) -> dict[str, HiddenText]:
    """Return the password and code of the form, under the parameter names of the flows."""
    return {"password": hidden_field(request, "password"), "code": _code(request)}


def _code(request: HttpRequest) -> HiddenText:
    return hidden_field(request, "code", most=LONGEST_CODE)


#: The values of ``do`` in the forms about the second factor.
_ACTS: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "begin": _begin,
    "cancel": _cancel,
    "confirm": _confirm,
    "renew": _renew,
    "switch_off": _switch_off,
}


def _refused(request: HttpRequest, form: str, refusal: OAuthError) -> HttpResponseBase:
    events.note_refusal(refusal)
    if isinstance(refusal, Throttled):
        response = _page(request, Problem(form, throttled=try_again_in(refusal.retry_after)))
        return too_many_requests(response, refusal.retry_after)
    if isinstance(refusal, InvalidCredentials):
        return _page(request, Problem(form, password=_("This password is wrong.")))
    words = _("This code is wrong or was already used. Wait for the next code and try again.")
    return _page(request, Problem(form, code=words))


def _why_nothing_was_done(request: HttpRequest) -> str:
    if totp_settings.state_of(person_of(request)).since is None:
        return _("This took too long, or was done in another window. Start again.")
    return _(
        "Two-step verification is already on. Its recovery codes were shown only once. If you do not "
        "have them, make new ones."
    )


def _recovery_codes(
    request: HttpRequest, codes: list[HiddenText], *, is_first: bool = False
) -> HttpResponseBase:
    """Show recovery codes once. This answer is not stored, and has no address of its own."""
    context = {
        "codes": ClearText("\n".join(one.reveal() for one in codes)),
        "is_first": is_first,
        "person_name": request.user.get_username(),
        "site_name": conf.site_name(),
        "made_at": timezone.now(),
    }
    return page(request, "oauthcore/security/recovery_codes.html", context)


def _page(request: HttpRequest, problem: Problem | None = None) -> HttpResponse:
    now = timezone.now()
    factor = _factor(request)
    context = {
        "factor": factor,
        "problem": problem,
        "devices": device_list.in_words(devices_of(person_of(request), now=now), now),
        "form_action": request.path,
        "note": note_for(request),
        "most_password": LONGEST_PASSWORD,
        "password_change_url": _password_change_url(person_of(request)),
        "most_code": LONGEST_CODE,
    }
    if factor["is_on"]:
        context |= passkeys.section(person_of(request))
    return page(
        request, "oauthcore/security/security.html", context, status=400 if problem else 200, has_form=True
    )


def _password_change_url(user: User) -> str:
    """Return the URL for changing the password: of the site's own page if it has one, otherwise of ours."""
    if not user.has_usable_password():
        return ""
    for name in ("password_change", "account_change_password", "oauthcore:password_change"):
        with suppress(NoReverseMatch):
            return reverse(name)
    return ""


def _factor(request: HttpRequest) -> dict[str, Any]:
    """Return the state of the second factor for the template. A site's own factor has its own pages."""
    if not totp_settings.is_ours():
        user = person_of(request)
        is_on = bool(conf.settings().second_factor.methods_of(user))
        return {"is_offered": totp_settings.is_offered(), "is_elsewhere": True, "is_on": is_on}
    state = totp_settings.state_of(person_of(request))
    return {
        "is_offered": True,
        "is_elsewhere": False,
        "is_on": state.since is not None,
        "since": state.since,
        "codes_left": state.recovery_codes_left,
        "codes_are_few": state.recovery_codes_left <= _FEW_RECOVERY_CODES,
        "enrolment": None if state.since else _in_words(_enrolment(request)),
    }


def _enrolment(request: HttpRequest) -> Enrolment | None:
    """Return the unconfirmed seed if this session gave the password for it, or None."""
    seed = request.session.get(_SEED)
    return totp_settings.waiting_enrolment(person_of(request), UUID(seed)) if seed else None


def _in_words(enrolment: Enrolment | None) -> dict[str, Any] | None:
    if enrolment is None:
        return None
    key = enrolment.secret.reveal()
    return {
        "qr_code": qr_code.as_svg(enrolment.otpauth_uri),
        "otpauth_uri": enrolment.otpauth_uri.reveal(),
        "key_groups": [ClearText(key[at : at + 4]) for at in range(0, len(key), 4)],
    }
