"""The refusals of applications that register themselves, each with the code and status that the wire shows.

::

    OAuthError
    ├── RegistrationClosed        403 registration_closed
    ├── InvalidRedirectURI        400 invalid_redirect_uri     RFC 7591 §3.2.2
    ├── InvalidClientMetadata     400 invalid_client_metadata  RFC 7591 §3.2.2
    ├── InvalidRegistrationToken  401 invalid_token            RFC 7592 §2
    └── RegistrationSuspended     403 access_denied            RFC 7592 §2.1
"""

from __future__ import annotations

from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.errors.resources import InvalidToken


class RegistrationClosed(OAuthError):
    """Applications cannot register themselves at this site."""

    error = "registration_closed"
    status = 403
    text = "Applications cannot register themselves here. Ask the people of this site to register yours."


class InvalidRedirectURI(OAuthError):
    """The application may not have one of the redirect URIs; the message says how to correct it."""

    error = "invalid_redirect_uri"
    status = 400


class InvalidClientMetadata(OAuthError):
    """Some of the client metadata is not valid; the message says how to correct it."""

    error = "invalid_client_metadata"
    status = 400


class InvalidRegistrationToken(InvalidToken):
    """The initial or registration access token is malformed, unknown, used up, expired or revoked."""

    text = "The token is not one that this registration takes: it is unknown, used up, expired or revoked."


class RegistrationSuspended(OAuthError):
    """Staff have suspended or disabled the application: its registration is neither shown nor changed."""

    error = "access_denied"
    status = 403
    text = "This application is suspended or disabled. Ask the people of this site."
