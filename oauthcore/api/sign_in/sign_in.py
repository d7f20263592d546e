"""Signing in from an app: ``/v1/auth/`` ``sign_in``, ``mfa``, ``token``, ``sign_out`` (wire §6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from oauthcore import conf
from oauthcore.accounts import Account
from oauthcore.api.sign_in.device_members import device_members
from oauthcore.api.sign_in.session import require_session
from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.requests import json_members
from oauthcore.api.wire.responses import json_response
from oauthcore.flows.passwords.credentials import LONGEST_LOGIN, LONGEST_PASSWORD
from oauthcore.flows.second_factor.challenges import MFARequired
from oauthcore.flows.second_factor.codes import LONGEST_CODE
from oauthcore.flows.sign_in import session_tokens
from oauthcore.flows.sign_in.device_sessions import SignedIn
from oauthcore.flows.sign_in.sign_in import sign_in as sign_in_on_device
from oauthcore.flows.sign_in.sign_in import sign_in_with_code
from oauthcore.flows.tokens.ending import end_grant
from oauthcore.rules.sign_in import devices
from oauthcore.rules.tokens.secrets import LONGEST_TOKEN
from oauthcore.rules.wire.members import Members
from oauthcore.rules.wire.moments import timestamp

#: No secret of ours is longer, whatever the site's prefix.
LONGEST_SECRET = 1000
#: A refresh token may be one of another package: a JWT with claims of the site.
LONGEST_REFRESH_TOKEN = LONGEST_TOKEN

_endpoint = json_endpoint("POST", challenge="Bearer", is_cross_origin=False)


@_endpoint
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Check login and password. Return a session, or ask for the second factor with an ``mfa_token``."""
    members = json_members(request)
    login = members.text("login", most=LONGEST_LOGIN)
    password = members.secret("password", most=LONGEST_PASSWORD)
    device = devices.parse(members.object("device"))
    members.check()
    outcome = sign_in_on_device(login, password, device, request=request)
    if isinstance(outcome, MFARequired):
        return json_response(_mfa_required(outcome))
    return json_response(_signed_in(outcome))


@_endpoint
def mfa(request: HttpRequest) -> HttpResponseBase:
    """Check the ``mfa_token`` and a code. Return the session."""
    members = json_members(request)
    mfa_token = members.secret("mfa_token", most=LONGEST_SECRET)
    code = members.secret("code", most=LONGEST_CODE)
    members.check()
    return json_response(_signed_in(sign_in_with_code(mfa_token, code)))


@_endpoint
def token(request: HttpRequest) -> HttpResponseBase:
    """Trade a refresh token for an access token for one account, and for the next refresh token."""
    members = json_members(request)
    refresh_token = members.secret("refresh_token", most=LONGEST_REFRESH_TOKEN)
    members.check()
    tokens = session_tokens.refresh_session(
        refresh_token=refresh_token, account_uuid=lambda _: _account_uuid(members)
    )
    issued = tokens.issued
    account = {"account": _account(tokens.account)} if tokens.account else {}
    return json_response(
        {
            "access_token": issued.access_token.reveal(),
            "token_type": "Bearer",
            "expires_in": issued.expires_in,
            "refresh_token": issued.refresh_token.reveal() if issued.refresh_token else None,
            "refresh_token_expires_at": timestamp(tokens.refresh_token_expires_at),
            **account,
        }
    )


def _account_uuid(members: Members) -> UUID | None:
    """Return the UUID of the named account. It is required, except on a site without accounts."""
    found = members.uuid("account_uuid", is_required=conf.settings().has_accounts)
    members.check()
    return found


@_endpoint
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session of the refresh token or, if none was sent, of the bearer token."""
    members = json_members(request)
    refresh_token = members.secret("refresh_token", most=LONGEST_REFRESH_TOKEN, is_required=False)
    members.check()
    if refresh_token:
        session_tokens.sign_out(refresh_token)
    else:
        end_grant(require_session(request).grant, session_tokens.SIGNED_OUT, now=timezone.now())
    return json_response({})


def _mfa_required(asked: MFARequired) -> dict[str, Any]:
    return {
        "mfa_required": True,
        "mfa_token": asked.mfa_token.reveal(),
        "expires_in": asked.expires_in,
        "methods": list(asked.methods),
    }


def _signed_in(session: SignedIn) -> dict[str, Any]:
    user = session.grant.user
    return {
        "refresh_token": session.refresh_token.reveal(),
        "refresh_token_expires_at": timestamp(session.refresh_token_expires_at),
        "device": _device(session),
        "user": {"id": user.pk, "username": user.get_username()} if user else None,
        "accounts": [_account(one) for one in session.accounts],
    }


def _device(session: SignedIn) -> dict[str, Any]:
    device = session.device
    return device_members(
        uuid=session.grant.uuid,
        client_uuid=device.client_uuid,
        name=session.grant.label,
        platform=device.platform,
        app_version=device.app_version,
        created_at=session.grant.created_at,
    )


def _account(account: Account) -> dict[str, Any]:
    return {"uuid": str(account.uuid), "name": account.name, "role": account.role}
