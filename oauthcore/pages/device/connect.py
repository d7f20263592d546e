"""The device page: a person types the code of a device, sees who asks, and decides (RFC 8628 §3.3).

A link can only fill in the code. The person has to send the form to see the application, and can answer only
that page.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from oauthcore import conf, request_context
from oauthcore.accounts import person_of
from oauthcore.flows.connections.connections import LastUse
from oauthcore.flows.oauth import device_authorization
from oauthcore.flows.oauth.consent.shown_page import PageNotValid, ShownPage
from oauthcore.flows.oauth.device_authorization import WrongUserCode
from oauthcore.models import Consent, DeviceAuthorization
from oauthcore.pages.authorize.consent_form import ConsentForm, login_mark_of, question_context
from oauthcore.pages.authorize.login_in_request import access_with_login
from oauthcore.pages.connections.device_list import apart, last_use_in_words
from oauthcore.pages.frame.notes import note_for, see_other
from oauthcore.pages.frame.personal import personal_page
from oauthcore.pages.frame.responses import error_page, page
from oauthcore.pages.frame.throttled import too_many_requests, try_again_in
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.oauth import user_codes
from oauthcore.rules.wire.networks import group_of, parse_address


@personal_page("GET", "POST", switch="DEVICE_AUTHORIZATION")
def connect_device(request: HttpRequest) -> HttpResponseBase:
    """Ask for a code, show the application that waits for it, or take the decision."""
    if request.method == "GET":
        note = note_for(request)
        return _done(request, note) if note else _asking_for_code(request, request.GET.get("user_code", ""))
    if "decision" not in request.POST:
        return _look(request)
    try:
        return _decide(request)
    except PageNotValid as refusal:
        events.note_refusal(refusal)
        return error_page(
            request,
            title=_("This page is no longer valid"),
            message=_(
                "It is too old or was already answered, or you have logged in again since then. "
                "Nothing was changed."
            ),
            hint=_("If your device still shows a code, enter it again."),
            way_on=(request.path, _("Enter a code")),
        )


def _asking_for_code(request: HttpRequest, filled: str, *, problem: str = "") -> HttpResponseBase:
    """Show the form for a code. It keeps the text of a link or person only if it can be a code."""
    code = user_codes.parse(filled)
    context = {
        "user_code": user_codes.shown(code) if code else "",
        "is_from_link": bool(code) and not problem,
        "problem": problem,
        "example": user_codes.shown(user_codes.LETTERS[: user_codes.LENGTH]),
    }
    status = 400 if problem else 200
    return page(request, "oauthcore/device/code.html", context, status=status, has_form=True)


def _look(request: HttpRequest) -> HttpResponseBase:
    """Show the application that waits for the code that was typed."""
    typed = request.POST.get("user_code", "")
    code = user_codes.parse(typed)
    if code is None:
        problem = _("A code has eight letters, no vowels and no digits. Look at your device again.")
        return _asking_for_code(request, "", problem=problem)
    try:
        device = device_authorization.look_up(code, user=person_of(request))
    except WrongUserCode as refusal:
        events.note_refusal(refusal)
        problem = _("No device waits for this code. Check the letters. If they are right, it has expired.")
        return _asking_for_code(request, typed, problem=problem)
    except Throttled as refusal:
        events.note_refusal(refusal)
        shown = _asking_for_code(request, typed, problem=try_again_in(refusal.retry_after))
        return too_many_requests(shown, refusal.retry_after)
    return _question(request, code, device)


def _question(
    request: HttpRequest, code: str, device: DeviceAuthorization, *, form: ConsentForm | None = None
) -> HttpResponseBase:
    """Show the application, its scopes, and when and from where the device asked."""
    context = {
        **question_context(
            request,
            device_authorization.asked_by(device),
            consent=_consent(request, device),
            accounts=conf.settings().account_backend.accounts_of(person_of(request)),
            bound_to=device_authorization.bound_to(device),
            form=form,
        ),
        "user_code": user_codes.shown(code),
        "begun": _begun(device),
        "switch_url": _switch_url(request, code),
        "form_action": request.path,
    }
    return page(
        request, "oauthcore/device/question.html", context, status=400 if form else 200, has_form=True
    )


def _decide(request: HttpRequest) -> HttpResponseBase:
    """Take the decision. It reads only the code, the transaction, the ticked scopes and the account."""
    user, code = person_of(request), user_codes.parse(request.POST.get("user_code", ""))
    if code is None:
        raise PageNotValid("there is no user code in the form")
    device = device_authorization.find_shown(code)
    asked = device_authorization.asked_by(device)
    shown = ShownPage.parse(
        request.POST.get("transaction"),
        asked,
        user=user,
        login_mark=login_mark_of(request),
        bound_to=device_authorization.bound_to(device),
    )
    name = {"name": apart(asked.application.name)}
    if request.POST["decision"] == "deny":
        device_authorization.deny(shown, device, user=user)
        return _said(request, _("You gave %(name)s no access. Your device shows this soon.") % name)
    if request.POST["decision"] != "approve":
        raise PageNotValid("neither approve nor deny was sent")
    form = ConsentForm.read(
        request.POST,
        shown=shown,
        consent=_consent(request, device),
        accounts=conf.settings().account_backend.accounts_of(user),
    )
    if form.problem:
        return _question(request, code, device, form=form)
    device_authorization.approve(
        shown,
        device,
        access_with_login(request, asked),
        user=user,
        ticked=form.ticked,
        account_uuid=form.account.uuid if form.account else None,
    )
    return _said(request, _("You gave %(name)s access. Your device continues in a few seconds.") % name)


def _said(request: HttpRequest, note: str) -> HttpResponseBase:
    return see_other(request, request.path, note=note)


def _done(request: HttpRequest, note: str) -> HttpResponseBase:
    return page(request, "oauthcore/device/done.html", {"note": note, "form_action": request.path})


def _consent(request: HttpRequest, device: DeviceAuthorization) -> Consent | None:
    return Consent.find(person_of(request), {"pk": device.application_id}, is_held=False)


def _begun(device: DeviceAuthorization) -> dict[str, Any]:
    """Return when and from where the device asked, and whether this browser is on the same network."""
    said = last_use_in_words(LastUse(device.created_at, device.address), timezone.now())
    here, there = request_context.current().address, parse_address(device.address)
    is_here = here is not None and there is not None and group_of(here) == group_of(there)
    return {**(said or {}), "is_here": is_here}


def _switch_url(request: HttpRequest, code: str) -> str:
    back = f"{request.path}?{urlencode({'user_code': user_codes.shown(code)})}"
    return f"{reverse('oauthcore:login_again')}?{urlencode({'next': back})}"
