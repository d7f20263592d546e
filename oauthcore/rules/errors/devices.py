"""The refusals that a device gets while it waits for its person (RFC 8628 §3.5).

::

    OAuthError
    ├── AuthorizationPending      400 authorization_pending
    ├── PollingTooFast            400 slow_down
    └── DeviceCodeExpired         400 expired_token

If the person says no, the error is ``access_denied`` (``AccessDenied``); for a used code, ``invalid_grant``.
"""

from __future__ import annotations

from oauthcore.rules.errors.oauth import OAuthError


class AuthorizationPending(OAuthError):
    """Nobody has answered yet; the device asks again after its interval."""

    error = "authorization_pending"
    status = 400
    is_noted = False
    text = "The person has not answered yet. Ask again after the interval."


class PollingTooFast(OAuthError):
    """The device asked again before its interval was over; the interval is now five seconds longer."""

    error = "slow_down"
    status = 400
    text = "This was asked too soon. Wait five seconds longer between requests from now on."


class DeviceCodeExpired(OAuthError):
    """Nobody has answered in time; the device may begin a new authorization."""

    error = "expired_token"
    status = 400
    text = "The device code has expired. Begin a new device authorization."
