"""The keys of the ``OAUTHCORE`` dict: each one typed, with its default and one sentence."""

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

    #: The issuer identifier: https (loopback apart), no trailing slash; the one in metadata and ``iss``.
    ISSUER: str = ""
    #: What every secret of this site begins with, so that scanners recognise it.
    TOKEN_PREFIX: str = "oauthcore"
    #: The word that service tokens carry behind the prefix: ``live``, ``test``.
    TOKEN_ENVIRONMENT: str = "live"
    #: The scopes of the site: name → words. See ``docs/settings.md`` for the members of each.
    SCOPES: Mapping[str, Any] = field(default_factory=lambda: {"read": "Read your profile"})
    #: What an application asks for that names no scope and has no default of its own.
    DEFAULT_SCOPES: Sequence[str] = ("read",)
    #: The protected resources of the site beside the issuer: address → ``name`` and ``scopes``.
    RESOURCES: Mapping[str, Any] = field(default_factory=dict)
    #: Whether views may want a recent or a strong login of a person, and applications ask for one (RFC 9470).
    STEP_UP: bool = False
    #: The name of the site as applications show it; empty for the issuer's host.
    SITE_NAME: str = ""
    #: Private-use schemes without a dot that redirect URIs of OAuth 2.1 applications may have: ``cursor``.
    REDIRECT_SCHEMES: Sequence[str] = ()
    #: The permission (``app_label.codename``) a user needs to register applications; None for every user.
    APPLICATIONS_PERMISSION: str | None = None
    #: How many applications one user may have.
    APPLICATIONS_PER_USER: int = 25
    #: How many live service tokens one account may have.
    SERVICE_TOKENS_PER_ACCOUNT: int = 50
    #: How many days before it expires the contact of a service token is written to.
    EXPIRY_NOTICES: Sequence[int] = (14, 3)
    #: Whether ``POST /api/v1/apps`` registers every application that asks, as Mastodon's does.
    MASTODON_REGISTRATION: bool = False
    #: Registrations from one address: how many in how many seconds.
    MASTODON_REGISTRATION_LIMIT: tuple[int, int] = (30, 600)
    #: How long access tokens of applications live that registered there; None for ever.
    MASTODON_ACCESS_TOKEN_LIFETIME: int | None = None
    #: Who may use ``POST /oauth/register``: nobody (empty), ``initial_access_token``, or all (``open``).
    DYNAMIC_REGISTRATION: str = ""
    #: Registrations there from one address, changes included: how many in how many seconds.
    DYNAMIC_REGISTRATION_LIMIT: tuple[int, int] = (30, 600)
    #: Registrations there without an initial access token, from all addresses: how many in how many seconds.
    DYNAMIC_REGISTRATION_LIMIT_IN_ALL: tuple[int, int] = (1000, 3600)
    #: How many tokens that speak for no person an application has that registered itself: the oldest ends.
    SELF_REGISTERED_TOKENS: int = 100
    #: After how long an application that registered itself is removed if it was never approved.
    UNUSED_APPLICATION_LIFETIME: int = 30 * DAY
    #: How many of those are kept for longer than a day: the newest.
    UNUSED_APPLICATIONS: int = 10_000
    #: Whether a client that nobody registered may be the https URL of a document that describes it.
    CLIENT_ID_METADATA_DOCUMENTS: bool = False
    #: The hosts that documents of clients, and the keys they name, may come from; None for every public one.
    METADATA_DOCUMENT_HOSTS: Sequence[str] | None = None
    #: The hosts that they may never come from: ``example.com``, or ``*.example.com`` for all below it.
    METADATA_DOCUMENT_REFUSED_HOSTS: Sequence[str] = ()
    #: Whether they may come from this machine itself: for development only.
    METADATA_DOCUMENT_LOOPBACK: bool = False
    #: Fetches of such documents that one address causes (IPv6: one /64): how many in how many seconds.
    METADATA_DOCUMENT_LIMIT: tuple[int, int] = (20, 60)
    #: Fetches of such documents in all: how many in how many seconds.
    METADATA_DOCUMENT_TOTAL_LIMIT: tuple[int, int] = (300, 60)
    #: Dotted path of the class that knows the site's accounts (``oauthcore.accounts.AccountBackend``).
    ACCOUNT_BACKEND: str = "oauthcore.accounts.NoAccounts"
    #: What people who sign in from an app may do on a site without accounts; None for every open scope.
    SIGN_IN_SCOPES: Sequence[str] | None = None
    #: Path prefixes below which every answer is JSON, whatever goes wrong.
    JSON_PATHS: Sequence[str] = ()
    #: The origins whose pages may call the endpoints that CORS is for; ``"*"`` is any.
    CORS_ALLOWED_ORIGINS: Sequence[str] = ("*",)
    #: Networks of the proxies whose ``X-Forwarded-For`` is believed.
    TRUSTED_PROXIES: Sequence[str] = ()
    #: Where limits are counted: empty for the SQL database, or ``redis://…``.
    LIMITER_URL: str | None = None
    #: How long an access token lives; None for ever.
    ACCESS_TOKEN_LIFETIME: int | None = 3600
    #: How long a chain of refresh tokens lives, from the grant's opening.
    REFRESH_TOKEN_LIFETIME: int = 90 * DAY
    #: For how long a refresh token that was just spent gets the same answer again.
    REFRESH_TOKEN_GRACE: int = 0
    #: How long an authorization code can be redeemed: 600 at the most.
    AUTHORIZATION_CODE_LIFETIME: int = 60
    #: How long a person may look at the consent page.
    CONSENT_LIFETIME: int = 600
    #: Wrong client secrets for one application from one address: how many in how many seconds.
    CLIENT_SECRET_LIMIT: tuple[int, int] = (30, 60)
    #: Wrong client secrets from one address, for whatever applications: how many in how many seconds.
    CLIENT_SECRET_ADDRESS_LIMIT: tuple[int, int] = (300, 60)
    #: Whether applications may prove who they are with JWTs that they sign (``private_key_jwt``, RFC 7523).
    PRIVATE_KEY_JWT: bool = False
    #: Whether applications to which staff give that may exchange tokens for narrower ones (RFC 8693).
    TOKEN_EXCHANGE: bool = False
    #: How long an exchanged token lives at the most.
    EXCHANGED_TOKEN_LIFETIME: int = 300
    #: Whether issuers that staff trust say for whom applications may act (ID-JAG).
    ENTERPRISE_MANAGED_AUTHORIZATION: bool = False
    #: Whether devices without a browser may ask for access (RFC 8628).
    DEVICE_AUTHORIZATION: bool = False
    #: How long a device waits for its person: 1800 at the most.
    DEVICE_CODE_LIFETIME: int = 600
    #: How many seconds a device waits between two requests while nobody has answered.
    DEVICE_POLL_INTERVAL: int = 5
    #: Device authorizations from one address that prove no application: how many in how many seconds.
    DEVICE_AUTHORIZATION_LIMIT: tuple[int, int] = (30, 600)
    #: Device authorizations of one application that has proved who it is: how many in how many seconds.
    DEVICE_AUTHORIZATION_APPLICATION_LIMIT: tuple[int, int] = (3000, 600)
    #: Whether applications may send authorization requests ahead (RFC 9126).
    PUSHED_AUTHORIZATION_REQUESTS: bool = False
    #: Whether every application of OAuth 2.1 has to; else those that staff have marked.
    REQUIRE_PUSHED_AUTHORIZATION_REQUESTS: bool = False
    #: How long a request that was sent ahead can be opened: 600 at the most.
    PUSHED_REQUEST_LIFETIME: int = 90
    #: Requests pushed from one address that prove no application: how many in how many seconds.
    PUSHED_REQUEST_LIMIT: tuple[int, int] = (60, 300)
    #: Requests pushed by one application that has proved who it is: how many in how many seconds.
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
    #: Sessions that one address opens for authorization requests to wait in: how many in how many seconds.
    WAITING_REQUEST_LIMIT: tuple[int, int] = (60, 300)
    #: How long an address is known that somebody has signed in from.
    KNOWN_ADDRESS_LIFETIME: int = 365 * DAY
    #: Dotted path of the class that asks for a second factor (``oauthcore.second_factor.SecondFactor``).
    SECOND_FACTOR: str = "oauthcore.flows.second_factor.codes.TOTPAndRecoveryCodes"
    #: What seeds of TOTP are encrypted with, the newest first; empty for ``SECRET_KEY`` and its fallbacks.
    SECOND_FACTOR_KEYS: Sequence[str] = ()
    #: Wrong codes of one kind of one person's second factor: how many in how many seconds, before it pauses.
    SECOND_FACTOR_LIMIT: tuple[int, int] = (10, 3600)
    #: How long a person may take to show their second factor.
    MFA_TOKEN_LIFETIME: int = 300
    #: How long an access token lives that a person got by signing in on a device.
    DEVICE_ACCESS_TOKEN_LIFETIME: int = 900
    #: How long a device stays signed in without a refresh.
    DEVICE_SESSION_IDLE_LIFETIME: int = 90 * DAY
    #: How long a device stays signed in at the most.
    DEVICE_SESSION_LIFETIME: int = 365 * DAY
    #: On how many devices one person may be signed in: the oldest session gives way.
    DEVICES_PER_USER: int = 50
    #: How many passkeys one person may have.
    PASSKEYS_PER_USER: int = 10
    #: Whether access tokens can be JWTs (RFC 9068), for applications and resources that ask for them.
    JWT_ACCESS_TOKENS: bool = False
    #: How long an access token lives at the most that is a JWT.
    JWT_ACCESS_TOKEN_LIFETIME: int = 3600
    #: Private keys in PEM, in place of those in the database: the first signs, all are published.
    SIGNING_KEYS: Sequence[str] = field(default=(), repr=False)
    #: After how long a signing key in the database is due for rotation.
    SIGNING_KEY_LIFETIME: int = 90 * DAY
    #: How often last use and counts of refusals are written: at most once in so many seconds.
    USAGE_INTERVAL: int = 60
    #: How long security events are kept.
    SECURITY_EVENT_LIFETIME: int = 400 * DAY
    #: How long those are kept that anybody can cause: refusals, and applications registering themselves.
    ANONYMOUS_EVENT_LIFETIME: int = 90 * DAY
    #: How long developers can look up why a request of their application was refused.
    REFUSAL_LIFETIME: int = 7 * DAY
    #: How far back the dry run of an upgrade to OAuth 2.1 looks.
    LEGACY_USE_WINDOW: int = 30 * DAY
    #: Whether tokens may be bound to a key of their application (RFC 9449). It takes the extra ``jose``.
    DPOP: bool = False
    #: How old a DPoP proof may be; for so long each is remembered that was used.
    DPOP_PROOF_LIFETIME: int = 300
    #: How long a nonce of this site is good for proofs; None where proofs need none.
    DPOP_NONCE_LIFETIME: int | None = None
