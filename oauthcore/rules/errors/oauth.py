"""The refusals of OAuth, each with the code and status that the wire shows.

::

    OAuthError
    ├── InvalidRequest            400 invalid_request          RFC 6749 §4.1.2.1, §5.2
    │   ├── LengthRequired        411 length_required
    │   ├── RequestTooLarge       413 request_too_large
    │   ├── UnsupportedMediaType  415 unsupported_media_type
    │   │   ├── UnsupportedEncoding 415 unsupported_media_type (with Accept-Encoding, RFC 9110 §15.5.16)
    │   │   └── UnsupportedCharset  415 unsupported_media_type
    │   └── MethodNotAllowed      405 method_not_allowed
    ├── InvalidClient             401 invalid_client           RFC 6749 §5.2
    ├── InvalidGrant              400 invalid_grant            RFC 6749 §5.2
    ├── InvalidScope              400 invalid_scope            RFC 6749 §5.2
    ├── UnauthorizedClient        400 unauthorized_client      RFC 6749 §5.2
    │   ├── NotYours              403 unauthorized_client      (revoke)
    │   └── IntrospectionNotAllowed 403 unauthorized_client    (introspect)
    ├── UnsupportedGrantType      400 unsupported_grant_type   RFC 6749 §5.2
    ├── UnsupportedResponseType   400 unsupported_response_type RFC 6749 §4.1.2.1
    ├── RequestNotSupported       400 request_not_supported    OpenID Connect Core §3.1.2.6
    ├── RequestURINotSupported    400 request_uri_not_supported
    ├── AccessDenied              400 access_denied            RFC 6749 §4.1.2.1
    ├── LoginRequired             400 login_required           OpenID Connect Core §3.1.2.6
    ├── ConsentRequired           400 consent_required
    ├── SlowDown                  429 slow_down
    ├── Throttled                 429 throttled
    ├── ServerError               500 server_error
    ├── TemporarilyUnavailable    503 temporarily_unavailable
    ├── signing in: ``oauthcore.rules.errors.sign_in``
    ├── protected resources, step-up: ``oauthcore.rules.errors.resources``, ``….step_up``
    ├── applications that register themselves: ``oauthcore.rules.errors.registration``
    ├── devices, DPoP, OpenID Connect: ``oauthcore.rules.errors.devices``, ``….dpop``, ``….oidc``
    ├── Mastodon's dialect: ``oauthcore.rules.errors.mastodon``
    ├── ``UnusableClientDocument``, 400: ``oauthcore.rules.errors.documents``
    └── shown on pages only: ``UntrustedTarget`` and ``PageNotValid``, 400, in ``oauthcore.flows``

The message says *why* a request was refused, for the log. ``description`` is for the client: the text of the
class or, for an ill-formed request, the same message.
"""

from __future__ import annotations

from typing import ClassVar


class OAuthError(Exception):
    """A refusal: ``error``, ``status`` and ``description`` for the wire, ``reason`` for the log."""

    error: ClassVar[str] = "server_error"
    status: ClassVar[int] = 500
    text: ClassVar[str | None] = None
    #: Whether it counts as a refusal. An answer that only says "not yet" does not.
    is_noted: ClassVar[bool] = True
    #: The scheme with which a token must be sent, for the challenge of a protected resource.
    scheme: str = "Bearer"

    def __init__(self, reason: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason or self.text or self.error
        self.retry_after = retry_after

    @property
    def description(self) -> str:
        """The text for the client, in the character set of RFC 6749 §5.2. It never repeats what was sent."""
        return self.text or self.reason


class InvalidRequest(OAuthError):
    """A parameter is missing, repeated or ill-formed; the message says how to correct the request."""

    error = "invalid_request"
    status = 400


class LengthRequired(InvalidRequest):
    """The body is chunked, so its length is not known."""

    error = "length_required"
    status = 411
    text = "Send a Content-Length header. A chunked body is not accepted here."


class RequestTooLarge(InvalidRequest):
    """The body is larger than the limit."""

    error = "request_too_large"
    status = 413


class UnsupportedMediaType(InvalidRequest):
    """The endpoint does not read the content type of the body."""

    error = "unsupported_media_type"
    status = 415
    text = "Send application/x-www-form-urlencoded, application/json or multipart/form-data."


class UnsupportedEncoding(UnsupportedMediaType):
    """The body is compressed."""

    text = "Send the body uncompressed, without a Content-Encoding."


class UnsupportedCharset(UnsupportedMediaType):
    """The header declares a character set other than UTF-8."""

    text = "Send the body in UTF-8, or leave the charset out."


class MethodNotAllowed(InvalidRequest):
    """The method is not listed in ``Allow``. ``allowed``, if given, replaces those of the route."""

    error = "method_not_allowed"
    status = 405
    text = "This method is not allowed here. The Allow header lists the allowed methods."

    def __init__(self, reason: str = "", *, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.allowed = allowed


class InvalidClient(OAuthError):
    """Client authentication failed; an unknown application and a wrong secret look the same."""

    error = "invalid_client"
    status = 401
    text = (
        "Client authentication failed due to unknown client, no client authentication included, "
        "or unsupported authentication method."
    )


class InvalidGrant(OAuthError):
    """The code or refresh token cannot be used, for whatever reason."""

    error = "invalid_grant"
    status = 400
    text = (
        "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI "
        "used in the authorization request, or was issued to another client."
    )


class InvalidScope(OAuthError):
    """A scope is unknown or malformed, or the application or the grant does not have it."""

    error = "invalid_scope"
    status = 400
    text = "The requested scope is invalid, unknown, or malformed."


class UnauthorizedClient(OAuthError):
    """The application is not registered for this kind of request."""

    error = "unauthorized_client"
    status = 400
    text = "The client is not authorized to use this grant type or response type."


class NotYours(UnauthorizedClient):
    """The token belongs to another application, or the application may not ask about it."""

    status = 403
    text = "You are not authorized to revoke this token"


class IntrospectionNotAllowed(UnauthorizedClient):
    """A public application asked about a token: it cannot prove who it is."""

    status = 403
    text = "The client is not authorized to introspect tokens."


class UnsupportedGrantType(OAuthError):
    """This server does not know the grant type."""

    error = "unsupported_grant_type"
    status = 400
    text = "The authorization grant type is not supported by the authorization server."


class UnsupportedResponseType(OAuthError):
    """This server does not know the response type."""

    error = "unsupported_response_type"
    status = 400
    text = "The authorization server does not support this response type; use code."


class RequestNotSupported(OAuthError):
    """This server does not read request objects."""

    error = "request_not_supported"
    status = 400
    text = "The request parameter is not supported; send the parameters themselves."


class RequestURINotSupported(OAuthError):
    """This server does not fetch request objects."""

    error = "request_uri_not_supported"
    status = 400
    text = "The request_uri parameter is not supported; send the parameters themselves."


class AccessDenied(OAuthError):
    """The person did not allow access."""

    error = "access_denied"
    status = 400
    text = "The resource owner denied the request."


class LoginRequired(OAuthError):
    """The person is not logged in, and no page may be shown."""

    error = "login_required"
    status = 400
    text = "The person has to log in, but with prompt=none no page is shown."


class ConsentRequired(OAuthError):
    """The person was not asked yet, and no page may be shown."""

    error = "consent_required"
    status = 400
    text = "The person has to give consent, but with prompt=none no page is shown."


class SlowDown(OAuthError):
    """Too many failures; ``retry_after`` says how many seconds to wait."""

    error = "slow_down"
    status = 429
    text = "Too many failed requests. Wait for the number of seconds in Retry-After."


class Throttled(OAuthError):
    """Too many tries, successful or not; ``retry_after`` says how many seconds to wait."""

    error = "throttled"
    status = 429
    text = "Too many requests. Wait for the number of seconds in Retry-After."


class ServerError(OAuthError):
    """The server failed, and nothing was changed."""

    error = "server_error"
    status = 500
    text = "The server met an unexpected condition. The Request-Id names this request in its log."


class TemporarilyUnavailable(OAuthError):
    """A service that the request needs is down, and nothing was changed."""

    error = "temporarily_unavailable"
    status = 503
    text = "The server cannot answer right now. Try again after the number of seconds in Retry-After."
