"""The refusals of signing in, each with the code and status that the wire shows (wire §6).

::

    OAuthError
    ├── InvalidRequest
    │   ├── InvalidMembers        400 invalid_request          (with error_details)
    │   └── JSONOnly              415 unsupported_media_type
    ├── InvalidCredentials        401 invalid_credentials
    ├── InvalidMFACode            401 invalid_mfa_code
    ├── InvalidMFAToken           401 invalid_mfa_token
    ├── InvalidRefreshToken       401 invalid_refresh_token
    ├── RefreshTokenReused        401 refresh_token_reused
    ├── AccountNotAllowed         403 account_not_allowed
    ├── NotASignInToken           403 insufficient_scope
    └── NotFound                  404 not_found
"""

from __future__ import annotations

from collections.abc import Mapping

from oauthcore.rules.errors.oauth import InvalidRequest, OAuthError, UnsupportedMediaType
from oauthcore.rules.errors.resources import InsufficientScope


class InvalidMembers(InvalidRequest):
    """Members of the JSON body are missing or ill-formed; ``details`` says for each member what is wrong."""

    text = "Some members of the JSON body are missing or not valid; error_details names each and says why."

    def __init__(self, reason: str = "", *, details: Mapping[str, str]) -> None:
        super().__init__(reason or f"members that are not valid: {', '.join(sorted(details))}")
        self.details = dict(details)


class JSONOnly(UnsupportedMediaType):
    """Signing in takes JSON only, so that no form of another site can be sent here."""

    text = "Send application/json."


class InvalidCredentials(OAuthError):
    """The login is unknown, the password wrong or the user inactive: one answer for all three."""

    error = "invalid_credentials"
    status = 401
    text = "The login or the password is wrong."


class InvalidMFACode(OAuthError):
    """The code is wrong, or was used before."""

    error = "invalid_mfa_code"
    status = 401
    text = "The code is wrong or was already used. Wait for the next code, or use a recovery code."


class InvalidMFAToken(OAuthError):
    """The challenge is unknown, answered or expired, or too many wrong codes were sent for it."""

    error = "invalid_mfa_token"
    status = 401
    text = "The mfa_token is unknown, expired or used up. Sign in with the password again."


class InvalidRefreshToken(OAuthError):
    """The device session has ended or expired, or never existed."""

    error = "invalid_refresh_token"
    status = 401
    text = "The refresh token is malformed, unknown, expired or revoked. Sign in again."


class RefreshTokenReused(OAuthError):
    """A used refresh token was sent again, so the device session was ended."""

    error = "refresh_token_reused"
    status = 401
    text = "This refresh token was already used, so the session of this device has ended. Sign in again."


class AccountNotAllowed(OAuthError):
    """The account does not exist, or the person may not work on it. The log says which."""

    error = "account_not_allowed"
    status = 403
    text = "You cannot work on this account. The refresh token was not used up."


class NotASignInToken(InsufficientScope):
    """The token is live, but no person got it by signing in on a device."""

    text = "Send the access token of a device session; other access tokens may not do this."


class NotFound(OAuthError):
    """The thing does not exist, or belongs to somebody else."""

    error = "not_found"
    status = 404
    text = "This does not exist, or it does not belong to you."
