"""Device authorization: a device begins it, and a person answers on another device (RFC 8628 §3.1–§3.3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from oauthcore import conf, request_context
from oauthcore.accounts import User
from oauthcore.flows.oauth.authorization_request import asked_scopes
from oauthcore.flows.oauth.begun_requests import count_begun
from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.oauth.consent.decision import decide_approval, decide_denial
from oauthcore.flows.oauth.consent.question import AccessRequest, Ticked
from oauthcore.flows.oauth.consent.shown_page import PageNotValid, ShownPage
from oauthcore.flows.oauth.grants.device_code import DEVICE_CODE
from oauthcore.flows.oauth.resources import RESOURCE, declared_by, named_by
from oauthcore.flows.oidc.requested_claims import RequestedClaims
from oauthcore.flows.passwords.password_tries import address_limit, count
from oauthcore.limiter import Limit
from oauthcore.models import Application, DeviceAuthorization
from oauthcore.models.database import atomic, retried
from oauthcore.models.device_authorizations import user_code_digest
from oauthcore.rules.errors.oauth import OAuthError, UnauthorizedClient
from oauthcore.rules.oauth import client_credentials, user_codes
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oidc.claims_parameter import ClaimsParameter
from oauthcore.rules.text.hidden_text import ClearText
from oauthcore.rules.tokens.secrets import Secret, SecretKind
from oauthcore.rules.wire.parameters import Parameters

#: The parameters that a device may send.
PARAMETERS = frozenset([*client_credentials.PARAMETERS, "scope"])
#: Those of them that may come several times.
SEVERAL = frozenset([RESOURCE])


@dataclass(frozen=True)
class Begun:
    """A device authorization that has just begun: the only object with its codes in clear."""

    device_code: Secret
    user_code: str = field(repr=False)
    expires_in: int
    interval: int


def begin(client: Client, parameters: Parameters) -> Begun:
    """Begin an authorization for a device of the application (RFC 8628 §3.1).

    Raises UnauthorizedClient, InvalidScope, InvalidTarget, and Throttled for too many authorizations.
    """
    application = client.application
    if not application.allows(DEVICE_CODE.name):
        raise UnauthorizedClient("the application is not registered for device codes")
    resources = named_by(application, parameters)
    scopes = declared_by(resources, asked_scopes(application, parameters.get("scope")))
    settings = conf.settings()
    count_begun(
        application,
        if_proven=Limit("device-application", *settings.DEVICE_AUTHORIZATION_APPLICATION_LIMIT),
        by_address=Limit("device-address", *settings.DEVICE_AUTHORIZATION_LIMIT),
    )
    return _begin(application, scopes, resources)


@retried
def _begin(application: Application, scopes: Scopes, resources: frozenset[str]) -> Begun:
    settings, now = conf.settings(), timezone.now()
    secret, user_code = settings.secret_format.make(SecretKind.DEVICE_CODE), user_codes.make()
    DeviceAuthorization.objects.create(
        application=application,
        digest=secret.digest,
        user_code_digest=user_code_digest(user_code),
        scopes=scopes,
        resources=resources,
        address=str(request_context.current().address or ""),
        interval=settings.DEVICE_POLL_INTERVAL,
        created_at=now,
        expires_at=now + timedelta(seconds=settings.DEVICE_CODE_LIFETIME),
        next_poll_at=now,
    )
    shown = ClearText(user_codes.shown(user_code))
    return Begun(secret, shown, settings.DEVICE_CODE_LIFETIME, settings.DEVICE_POLL_INTERVAL)


class WrongUserCode(OAuthError):
    """No device waits under the code that a person typed. Only a page shows it."""

    error = "invalid_request"
    status = 400


def look_up(user_code: str, *, user: User) -> DeviceAuthorization:
    """Return the device that waits under the code that a person typed.

    Each try is counted before the code is checked: for the address, for the person, and for all people. A
    right code gives its tries back. Raises Throttled and WrongUserCode.
    """
    settings = conf.settings()
    tries = count(
        (address_limit(), (request_context.address_group(),)),
        (Limit("user-code", *settings.USER_CODE_LIMIT), (str(user.pk),)),
        (Limit("user-codes", *settings.USER_CODE_TOTAL_LIMIT), ()),
    )
    found = DeviceAuthorization.find_waiting(user_code, now=timezone.now())
    if found is None:
        raise WrongUserCode("no device waits under this user code")
    tries.give_back()
    return found


def find_shown(user_code: str) -> DeviceAuthorization:
    """Return the device of a page that was shown; raise PageNotValid if it no longer waits.

    It cannot be used to guess codes, because it answers only for a page that was shown for this code.
    """
    found = DeviceAuthorization.find_waiting(user_code, now=timezone.now())
    if found is None:
        raise PageNotValid("the device has expired, or was answered before")
    return found


def asked_by(device: DeviceAuthorization) -> AccessRequest:
    """Return what a device asks a person for. Another program could pose as a public application."""
    application = device.application
    return AccessRequest(
        application,
        device.scopes,
        resources=device.resources,
        is_impersonable=not application.is_confidential,
        claims=RequestedClaims.of(application, device.scopes, ClaimsParameter())
        if conf.settings().is_openid(device.scopes)
        else None,
    )


def bound_to(device: DeviceAuthorization) -> tuple[str, ...]:
    """Return the values that must be the same when the person answers the page."""
    return ("device", str(device.pk))


@retried
def approve(
    page: ShownPage,
    device: DeviceAuthorization,
    asked: AccessRequest,
    *,
    user: User,
    ticked: Ticked,
    account_uuid: UUID | None,
) -> None:
    """Approve a page for a device that still waits. Raises as ``decide_approval`` does."""
    if not conf.settings().account_backend.is_live_user(user):
        raise PageNotValid("the site does not vouch for the user any more")
    with atomic():
        approval = decide_approval(page, asked, user=user, ticked=ticked, account_uuid=account_uuid)
        if not device.approve(approval.grant, now=approval.at):
            raise PageNotValid("the device has expired, or was answered by somebody else")


@retried
def deny(page: ShownPage, device: DeviceAuthorization, *, user: User) -> None:
    """Deny a page for a device that still waits. Raises as ``decide_denial`` does."""
    with atomic():
        decide_denial(page, asked_by(device), user=user)
        if not device.deny(now=timezone.now()):
            raise PageNotValid("the device has expired, or was answered by somebody else")
