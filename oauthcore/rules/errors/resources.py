"""The refusals of protected resources and resource indicators, each with its code and status on the wire.

::

    OAuthError
    ├── NotAuthenticated          401 not_authenticated        (a challenge without error)
    │   └── NoTokenToCheck        401 invalid_token            (likewise)
    ├── InvalidToken              401 invalid_token            (for DPoP see ``rules.errors.dpop``)
    │   ├── WrongKindOfToken      401 invalid_token
    │   ├── TokenOfAnotherResource 401 invalid_token
    │   └── NotAnApplicationsToken 401 invalid_token
    ├── InsufficientScope         403 insufficient_scope
    │   ├── RoleTooNarrow         403 insufficient_scope
    │   ├── NoAccountToWorkOn     403 insufficient_scope
    │   └── NoPerson              403 insufficient_scope
    ├── AddressNotAllowed         403 ip_not_allowed
    └── InvalidTarget             400 invalid_target           RFC 8707 §2

The codes are in RFC 6750 §3.1, unless another RFC is named.
"""

from __future__ import annotations

from typing import ClassVar

from oauthcore.rules.errors.oauth import OAuthError


class NotAuthenticated(OAuthError):
    """The request for a protected resource has no credentials (RFC 6750 §3.1)."""

    error = "not_authenticated"
    status = 401
    text = "Send an access token in the Authorization header: Bearer, a space, the token."


class NoTokenToCheck(NotAuthenticated):
    """A client of DeviantArt's dialect asked whether a token is live, but sent no token."""

    error = "invalid_token"


class InvalidToken(OAuthError):
    """The token is malformed, unknown, expired or revoked. The log says which."""

    error = "invalid_token"
    status = 401
    text: ClassVar[str | None] = "The access token is malformed, unknown, expired or revoked."


class WrongKindOfToken(InvalidToken):
    """A secret of this site was sent as an access token, but it is another kind of secret."""

    text = "This is not an access token. Send the access_token of the token answer."


class TokenOfAnotherResource(InvalidToken):
    """The token is live, but it was issued for other resources only (RFC 8707)."""

    text = "This access token is for another resource. Ask for one with the resource of this one's metadata."


class NotAnApplicationsToken(InvalidToken):
    """The token is live, but no application holds it, and the endpoint is about the application."""

    text = "This access token does not belong to an application. Send one that an application got."


class InsufficientScope(OAuthError):
    """The token is live, but none of its scopes covers the wanted scope."""

    error = "insufficient_scope"
    status = 403
    text = "The access token does not have the scope that this needs."

    def __init__(self, reason: str = "", *, scopes: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.scopes = scopes


class RoleTooNarrow(InsufficientScope):
    """The token has the scope, but the person's role on the account does not allow it."""

    text = "The person's role on this account does not allow this. Another token would not help."


class NoAccountToWorkOn(InsufficientScope):
    """The token has the scope, but the scope needs an account and the token has none."""

    text = "This needs an account, but the access token has no account."


class NoPerson(InsufficientScope):
    """The token is live, but it does not act for a person, and the view needs a person."""

    text = (
        "This access token does not act for a person. Send one that a person approved or got by signing in."
    )


class InvalidTarget(OAuthError):
    """A resource is unknown, ill-formed or not approved."""

    error = "invalid_target"
    status = 400
    text = "The requested resource is unknown, malformed, or not one that was approved."


class AddressNotAllowed(OAuthError):
    """The token may not be used from the address of the request."""

    error = "ip_not_allowed"
    status = 403
    text = "This token may not be used from this network."
