"""The keys of the ``OAUTHCORE`` dict, each with its type, its default and one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

DAY = 24 * 60 * 60


class Registration(StrEnum):
    """Who may register an application at ``POST /oauth/register``."""

    CLOSED = ""
    WITH_TOKEN = "initial_access_token"
    OPEN = "open"


@dataclass(frozen=True)
class Keys:
    """All keys that a site may set. Times are whole seconds."""

    #: The issuer identifier in metadata and ``iss``: https, except on loopback, without trailing slash.
    ISSUER: str = ""
    #: The prefix of every secret of this site, so that scanners recognise it.
    TOKEN_PREFIX: str = "oauthcore"
    #: The word after the prefix in service tokens: ``live``, ``test``.
    TOKEN_ENVIRONMENT: str = "live"
    #: The scopes of the site: name → words. ``docs/settings.md`` describes the members.
    SCOPES: Mapping[str, Any] = field(default_factory=lambda: {"read": "Read your profile"})
    #: The scopes that an application asks for if it names none and has no default of its own.
    DEFAULT_SCOPES: Sequence[str] = ("read",)
    #: The protected resources of the site, without the issuer: address → ``name`` and ``scopes``.
    RESOURCES: Mapping[str, Any] = field(default_factory=dict)
    #: Whether views can require a recent or strong login, and applications ask for one (RFC 9470).
    STEP_UP: bool = False
    #: The name of the site in applications; empty for the host of the issuer.
    SITE_NAME: str = ""
    #: Private-use schemes without dot that redirect URIs of OAuth 2.1 applications may have: ``cursor``.
    REDIRECT_SCHEMES: Sequence[str] = ()
    #: The permission (``app_label.codename``) for registering applications; None lets every user register.
    APPLICATIONS_PERMISSION: str | None = None
    #: A page of the site that plays an application for its developer: a route or path; empty for none.
    TEST_PAGE: str = ""
    #: How many applications one user may have.
    APPLICATIONS_PER_USER: int = 25
    #: How many live service tokens one account may have.
    SERVICE_TOKENS_PER_ACCOUNT: int = 50
    #: How many days before expiry a mail is sent to the contact of a service token.
    EXPIRY_NOTICES: Sequence[int] = (14, 3)
    #: Whether every application may register at ``POST /api/v1/apps``, as in Mastodon.
    MASTODON_REGISTRATION: bool = False
    #: Registrations from one address: how many in how many seconds.
    MASTODON_REGISTRATION_LIMIT: tuple[int, int] = (30, 600)
    #: The lifetime of access tokens of applications that registered there; None for ever.
    MASTODON_ACCESS_TOKEN_LIFETIME: int | None = None
    #: Who may use ``POST /oauth/register``: nobody (empty), ``initial_access_token``, or all (``open``).
    DYNAMIC_REGISTRATION: str = ""
    #: Registrations there from one address, changes included: how many in how many seconds.
    DYNAMIC_REGISTRATION_LIMIT: tuple[int, int] = (30, 600)
    #: Registrations there without an initial access token, from all addresses: how many in how many seconds.
    DYNAMIC_REGISTRATION_LIMIT_IN_ALL: tuple[int, int] = (1000, 3600)
    #: How many live client-credentials tokens a self-registered application may have; the oldest ends.
    SELF_REGISTERED_TOKENS: int = 100
    #: After how long a self-registered application is removed if nobody has approved it.
    UNUSED_APPLICATION_LIFETIME: int = 30 * DAY
    #: How many of those are kept for more than a day: the newest.
    UNUSED_APPLICATIONS: int = 10_000
    #: Whether a client ID may be the https URL of a document that describes the client.
    CLIENT_ID_METADATA_DOCUMENTS: bool = False
    #: The allowed hosts of client documents and of the keys they name; None for every public host.
    METADATA_DOCUMENT_HOSTS: Sequence[str] | None = None
    #: The forbidden hosts: ``example.com``, or ``*.example.com`` for all hosts below it.
    METADATA_DOCUMENT_REFUSED_HOSTS: Sequence[str] = ()
    #: Whether they may come from this machine itself: for development only.
    METADATA_DOCUMENT_LOOPBACK: bool = False
    #: Fetches of such documents that one address causes (IPv6: one /64): how many in how many seconds.
    METADATA_DOCUMENT_LIMIT: tuple[int, int] = (20, 60)
    #: Fetches of such documents in all: how many in how many seconds.
    METADATA_DOCUMENT_TOTAL_LIMIT: tuple[int, int] = (300, 60)
    #: Dotted path of the class that knows the site's accounts (``oauthcore.accounts.AccountBackend``).
    ACCOUNT_BACKEND: str = "oauthcore.accounts.NoAccounts"
    #: The scopes of people who sign in from an app, on a site without accounts; None for every open scope.
    SIGN_IN_SCOPES: Sequence[str] | None = None
    #: Path prefixes below which every answer is JSON, errors too.
    JSON_PATHS: Sequence[str] = ()
    #: The origins whose pages may call the endpoints with CORS; ``"*"`` is any.
    CORS_ALLOWED_ORIGINS: Sequence[str] = ("*",)
    #: Networks of the proxies whose ``X-Forwarded-For`` is trusted.
    TRUSTED_PROXIES: Sequence[str] = ()
    #: Where limits are counted: empty for the SQL database, ``redis://…`` or ``redis+sentinel://…``.
    LIMITER_URL: str | None = None
    #: The lifetime of an access token; None for ever.
    ACCESS_TOKEN_LIFETIME: int | None = 3600
    #: How long a chain of refresh tokens lives, from the grant's opening.
    REFRESH_TOKEN_LIFETIME: int = 90 * DAY
    #: For how long a refresh token that was just used gets the same answer again.
    REFRESH_TOKEN_GRACE: int = 0
    #: How long an authorization code can be redeemed: 600 at the most.
    AUTHORIZATION_CODE_LIFETIME: int = 60
    #: How long a person may look at the consent page.
    CONSENT_LIFETIME: int = 600
    #: Wrong client secrets for one application from one address: how many in how many seconds.
    CLIENT_SECRET_LIMIT: tuple[int, int] = (30, 60)
    #: Wrong client secrets from one address, for all applications: how many in how many seconds.
    CLIENT_SECRET_ADDRESS_LIMIT: tuple[int, int] = (300, 60)
    #: Whether applications may sign people in with OpenID Connect. It needs the extra ``jose``.
    OPENID_CONNECT: bool = False
    #: Dotted path of the class that knows the claims about a person (``oauthcore.claims.ClaimsSource``).
    CLAIMS: str = "oauthcore.claims.UserClaims"
    #: The lifetime of an id token.
    ID_TOKEN_LIFETIME: int = 600
    #: Private networks that logout tokens may go to, such as those of a company's own tools.
    LOGOUT_TOKEN_NETWORKS: Sequence[str] = ()
    #: The secret from which pairwise subjects are made. If it is empty, there are none.
    PAIRWISE_SALT: str = field(default="", repr=False)
    #: Whether applications may authenticate with JWTs that they sign (``private_key_jwt``, RFC 7523).
    PRIVATE_KEY_JWT: bool = False
    #: Whether applications, if staff allow it, may exchange tokens for narrower tokens (RFC 8693).
    TOKEN_EXCHANGE: bool = False
    #: The longest lifetime of an exchanged token.
    EXCHANGED_TOKEN_LIFETIME: int = 300
    #: Whether trusted issuers may say for whom applications may act (ID-JAG).
    ENTERPRISE_MANAGED_AUTHORIZATION: bool = False
    #: The packages whose imported tokens the site still accepts, such as ``django-oauth-toolkit``.
    IMPORTED_TOKENS: Sequence[str] = ()
    #: Whether devices without a browser may ask for access (RFC 8628).
    DEVICE_AUTHORIZATION: bool = False
    #: How long a device may wait for the person: 1800 at the most.
    DEVICE_CODE_LIFETIME: int = 600
    #: How many seconds a device must wait between two requests while nobody has answered.
    DEVICE_POLL_INTERVAL: int = 5
    #: Device authorizations of public applications from one address: how many in how many seconds.
    DEVICE_AUTHORIZATION_LIMIT: tuple[int, int] = (30, 600)
    #: Device authorizations of one authenticated application: how many in how many seconds.
    DEVICE_AUTHORIZATION_APPLICATION_LIMIT: tuple[int, int] = (3000, 600)
    #: Whether applications may push authorization requests (RFC 9126).
    PUSHED_AUTHORIZATION_REQUESTS: bool = False
    #: Whether every OAuth 2.1 application must push its requests; otherwise only those that staff marked.
    REQUIRE_PUSHED_AUTHORIZATION_REQUESTS: bool = False
    #: How long a pushed request can be opened: 600 at the most.
    PUSHED_REQUEST_LIFETIME: int = 90
    #: Requests pushed by public applications from one address: how many in how many seconds.
    PUSHED_REQUEST_LIMIT: tuple[int, int] = (60, 300)
    #: Requests pushed by one authenticated application: how many in how many seconds.
    PUSHED_REQUEST_APPLICATION_LIMIT: tuple[int, int] = (3000, 300)
    #: Wrong user codes of one person: how many in how many seconds.
    USER_CODE_LIMIT: tuple[int, int] = (10, 600)
    #: Wrong user codes of all people together: how many in how many seconds.
    USER_CODE_TOTAL_LIMIT: tuple[int, int] = (1000, 600)
    #: Introspections of unknown tokens by one application: how many in how many seconds.
    INTROSPECTION_LIMIT: tuple[int, int] = (100, 60)
    #: Wrong passwords and codes from one address (IPv6: one /64): how many in how many seconds.
    LOGIN_ADDRESS_LIMIT: tuple[int, int] = (20, 300)
    #: Wrong passwords with one login from one address: how many in how many seconds.
    LOGIN_LIMIT: tuple[int, int] = (5, 300)
    #: Wrong passwords with one login from all addresses that are new to it: how many in how many seconds.
    LOGIN_STRANGER_LIMIT: tuple[int, int] = (50, 300)
    #: Sessions that one address opens for waiting authorization requests: how many in how many seconds.
    WAITING_REQUEST_LIMIT: tuple[int, int] = (60, 300)
    #: For how long an address stays known after a person has signed in from it.
    KNOWN_ADDRESS_LIFETIME: int = 365 * DAY
    #: Dotted path of the class that asks for a second factor (``oauthcore.second_factor.SecondFactor``).
    SECOND_FACTOR: str = "oauthcore.flows.second_factor.codes.TOTPAndRecoveryCodes"
    #: The keys that encrypt TOTP seeds, the newest first; empty for ``SECRET_KEY`` and its fallbacks.
    SECOND_FACTOR_KEYS: Sequence[str] = ()
    #: Wrong codes of one kind for one person's second factor: how many in how many seconds.
    SECOND_FACTOR_LIMIT: tuple[int, int] = (10, 3600)
    #: How long a person may take for the second factor.
    MFA_TOKEN_LIFETIME: int = 300
    #: The lifetime of access tokens of device sessions.
    DEVICE_ACCESS_TOKEN_LIFETIME: int = 900
    #: How long a device session lives without a refresh.
    DEVICE_SESSION_IDLE_LIFETIME: int = 90 * DAY
    #: The longest lifetime of a device session.
    DEVICE_SESSION_LIFETIME: int = 365 * DAY
    #: How many device sessions one person may have; the oldest is ended for a new one.
    DEVICES_PER_USER: int = 50
    #: How many passkeys one person may have.
    PASSKEYS_PER_USER: int = 10
    #: Whether access tokens can be JWTs (RFC 9068), for applications and resources that ask for them.
    JWT_ACCESS_TOKENS: bool = False
    #: The longest lifetime of a JWT access token.
    JWT_ACCESS_TOKEN_LIFETIME: int = 3600
    #: Private keys in PEM, in place of the keys in the database: the first signs, all are published.
    SIGNING_KEYS: Sequence[str] = field(default=(), repr=False)
    #: The age at which a signing key in the database is due for rotation.
    SIGNING_KEY_LIFETIME: int = 90 * DAY
    #: Last use and counts of refusals are written at most once in so many seconds.
    USAGE_INTERVAL: int = 60
    #: Whether metrics are counted, and shown at ``/metrics``. It needs the extra ``metrics``.
    METRICS: bool = False
    #: Networks that may read the metrics.
    METRICS_NETWORKS: Sequence[str] = ()
    #: The bearer token that may read the metrics; empty for none.
    METRICS_TOKEN: str = field(default="", repr=False)
    #: Whether steps of a request become spans of OpenTelemetry. It needs the extra ``tracing``.
    TRACING: bool = False
    #: After every so many issued tokens and events, some old rows are removed; 0 leaves that to the command.
    CLEANUP_ON_WRITES: int = 100
    #: How long security events are kept.
    SECURITY_EVENT_LIFETIME: int = 400 * DAY
    #: How long events are kept that anybody can cause: refusals and self-registrations.
    ANONYMOUS_EVENT_LIFETIME: int = 90 * DAY
    #: How long developers can look up why a request of their application was refused.
    REFUSAL_LIFETIME: int = 7 * DAY
    #: How far back the dry run of an upgrade to OAuth 2.1 looks.
    LEGACY_USE_WINDOW: int = 30 * DAY
    #: Whether tokens may be bound to a key of their application (RFC 9449). It needs the extra ``jose``.
    DPOP: bool = False
    #: How old a DPoP proof may be. Used proofs are remembered for as long.
    DPOP_PROOF_LIFETIME: int = 300
    #: How long proofs may use a nonce of this site; None if proofs need no nonce.
    DPOP_NONCE_LIFETIME: int | None = None
