"""The refusals of OpenID Connect, each with the code and status that the wire shows.

::

    OAuthError
    ├── LoginRequired
    │   └── OtherPerson           400 login_required             OpenID Connect Core §3.1.2.2
    └── RegistrationNotSupported  400 registration_not_supported OpenID Connect Core §3.1.2.6
"""

from __future__ import annotations

from oauthcore.rules.errors.oauth import LoginRequired, OAuthError


class OtherPerson(LoginRequired):
    """The request names a person, and somebody else is logged in."""

    text = "The request names a person, and somebody else is logged in."


class RegistrationNotSupported(OAuthError):
    """This server reads no metadata of a client from an authorization request."""

    error = "registration_not_supported"
    status = 400
    text = "The registration parameter is not supported; register the client instead."
