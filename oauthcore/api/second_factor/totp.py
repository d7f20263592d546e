"""Switching TOTP on and off from an app: ``/v1/auth/mfa/…`` (wire §6)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from oauthcore.api.sign_in.session import require_session
from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.requests import json_members
from oauthcore.api.wire.responses import NO_STORE, json_response
from oauthcore.flows.passwords.credentials import LONGEST_PASSWORD
from oauthcore.flows.second_factor import totp_settings
from oauthcore.flows.second_factor.codes import LONGEST_CODE
from oauthcore.flows.tokens.owner import require_person
from oauthcore.rules.text.hidden_text import HiddenText


@json_endpoint("POST", "DELETE", challenge="Bearer", is_cross_origin=False)
def totp(request: HttpRequest) -> HttpResponseBase:
    """Begin with TOTP, given the password. DELETE switches it off, given the password and a code."""
    user = require_person(require_session(request))
    members = json_members(request)
    password = members.secret("password", most=LONGEST_PASSWORD)
    if request.method == "DELETE":
        code = members.secret("code", most=LONGEST_CODE)
        members.check()
        totp_settings.switch_off(user, password=password, code=code, request=request)
        return HttpResponse(status=204, headers=NO_STORE)
    members.check()
    enrolment = totp_settings.begin_totp(user, password=password, request=request)
    return json_response({"secret": enrolment.secret.reveal(), "otpauth_uri": enrolment.otpauth_uri.reveal()})


@json_endpoint("POST", challenge="Bearer", is_cross_origin=False)
def confirm_totp(request: HttpRequest) -> HttpResponseBase:
    """Switch TOTP on with its first code, and return the recovery codes."""
    user = require_person(require_session(request))
    members = json_members(request)
    code = members.secret("code", most=LONGEST_CODE)
    members.check()
    return _shown(totp_settings.confirm_totp(user, code=code))


@json_endpoint("POST", challenge="Bearer", is_cross_origin=False)
def recovery_codes(request: HttpRequest) -> HttpResponseBase:
    """Return new recovery codes, given the password and a code."""
    user = require_person(require_session(request))
    members = json_members(request)
    password = members.secret("password", most=LONGEST_PASSWORD)
    code = members.secret("code", most=LONGEST_CODE)
    members.check()
    return _shown(totp_settings.renew_recovery_codes(user, password=password, code=code, request=request))


def _shown(codes: list[HiddenText]) -> HttpResponseBase:
    return json_response({"recovery_codes": [one.reveal() for one in codes]})
