"""``device_code``: a device asks whether its person has answered (RFC 8628 §3.4, §3.5)."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.oauth.grants.granted import redeem_code, require_secret
from oauthcore.flows.oauth.grants.token_grant_type import TokenGrantType
from oauthcore.flows.oauth.resources import RESOURCE
from oauthcore.flows.tokens.ending import end_grant
from oauthcore.models import Application, DeviceAuthorization, Grant, Issued, SecurityEvent
from oauthcore.models.profiles import DEVICE_CODE_GRANT
from oauthcore.rules.errors.devices import AuthorizationPending, DeviceCodeExpired, PollingTooFast
from oauthcore.rules.errors.oauth import AccessDenied, InvalidGrant
from oauthcore.rules.tokens.secrets import SecretKind
from oauthcore.rules.wire.parameters import Parameters


def _exchange(client: Client, parameters: Parameters) -> Issued:
    """Trade a device code for tokens, after the person has approved.

    A second use ends the grant. Raises AuthorizationPending while nobody has answered, PollingTooFast,
    AccessDenied, DeviceCodeExpired, InvalidTarget, and InvalidGrant for a code that is unknown or belongs to
    another application.
    """
    now, application = timezone.now(), client.application
    found = _require(application, parameters)
    if found.used_at is None and now >= found.expires_at:
        raise DeviceCodeExpired("the device code has expired")
    if found.denied_at is not None:
        raise AccessDenied("the person said no")
    if found.has_lost_its_grant:
        raise InvalidGrant("the access that the person approved was removed from the database")
    if found.grant is not None:
        client.bound_to()  # a request that is repeated with the same proof does not end the grant
    if found.grant is None or found.used_at is not None:
        _answer_waiting(found, now=now)
    return _redeem(found, found.grant, client, parameters, now=now)


def _require(application: Application, parameters: Parameters) -> DeviceAuthorization:
    secret = require_secret(parameters.require_secret("device_code"), SecretKind.DEVICE_CODE)
    found = DeviceAuthorization.find_of(application, secret)
    if found is None:
        raise InvalidGrant("the device code is unknown, or another application's")
    return found


def _answer_waiting(found: DeviceAuthorization, *, now: datetime) -> NoReturn:
    """Refuse a request that gets no tokens: it came too soon, nobody has answered, or the code was used."""
    if not found.poll(now=now):
        raise PollingTooFast("the device asked before its interval was over")
    if found.grant is None:
        raise AuthorizationPending("nobody has answered the device's request yet")
    end_grant(found.grant, "device code replayed", now=now, kind=SecurityEvent.Kind.CODE_REPLAYED)
    raise InvalidGrant("the device code was used before")


def _redeem(
    found: DeviceAuthorization, grant: Grant, client: Client, parameters: Parameters, *, now: datetime
) -> Issued:
    issued = redeem_code(
        grant,
        client,
        parameters,
        obstacle=grant.obstacle(now),
        use=lambda rows: found.use(now=now, rows=rows),
        now=now,
    )
    if issued is None:  # another request was first, or this one came too soon
        _answer_waiting(_require(client.application, parameters), now=now)
    return issued


DEVICE_CODE = TokenGrantType(
    name=DEVICE_CODE_GRANT,
    label=_("Device code"),
    words=_("People approve it on their phone, for a television or another device without a browser"),
    exchange=_exchange,
    required=("device_code",),
    several=(RESOURCE,),
    gives_refresh_tokens=True,
    switch="DEVICE_AUTHORIZATION",
)
