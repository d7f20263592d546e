"""The models: applications, grants, tokens, and the other rows."""

from oauthcore.models.applications import Application
from oauthcore.models.cleanup_runs import CleanupRun
from oauthcore.models.client_keys import ClientKey
from oauthcore.models.client_secrets import ClientSecret
from oauthcore.models.codes import AuthorizationCode
from oauthcore.models.consents import AnsweredPage, Consent
from oauthcore.models.device_authorizations import DeviceAuthorization
from oauthcore.models.devices import Device
from oauthcore.models.grants import Grant
from oauthcore.models.imported_hashes import ImportedHash
from oauthcore.models.imports import Import
from oauthcore.models.issuing import Issued
from oauthcore.models.known_addresses import KnownAddress
from oauthcore.models.legacy_use import LegacyUse
from oauthcore.models.limit_windows import LimitWindow
from oauthcore.models.logos import ApplicationLogo
from oauthcore.models.logout_deliveries import LogoutDelivery
from oauthcore.models.metadata_documents import MetadataDocument
from oauthcore.models.mfa_challenges import MFAChallenge
from oauthcore.models.notices import ExpiryNotice, SecurityNotice
from oauthcore.models.passkeys import Passkey
from oauthcore.models.profiles import AccessTokenFormat, GrantType, LegacySwitch, Profile
from oauthcore.models.pushed_requests import PushedRequest
from oauthcore.models.refusals import Refusal
from oauthcore.models.registrations import DynamicRegistration, InitialAccessToken
from oauthcore.models.relying_party_sessions import RelyingPartySession
from oauthcore.models.scope_requests import ScopeRequest
from oauthcore.models.second_factors import RecoveryCode, TOTPFactor, UnreadableSeed
from oauthcore.models.security_events import SecurityEvent
from oauthcore.models.service_tokens import ServiceToken
from oauthcore.models.signing_keys import SigningKey
from oauthcore.models.tokens import Token
from oauthcore.models.trusted_issuers import IssuerSubject, TrustedIssuer
from oauthcore.models.usage import Usage
from oauthcore.models.used_identifiers import UsedIdentifier

__all__ = [
    "AccessTokenFormat",
    "AnsweredPage",
    "Application",
    "ApplicationLogo",
    "AuthorizationCode",
    "CleanupRun",
    "ClientKey",
    "ClientSecret",
    "Consent",
    "Device",
    "DeviceAuthorization",
    "DynamicRegistration",
    "ExpiryNotice",
    "Grant",
    "GrantType",
    "Import",
    "ImportedHash",
    "InitialAccessToken",
    "Issued",
    "IssuerSubject",
    "KnownAddress",
    "LegacySwitch",
    "LegacyUse",
    "LimitWindow",
    "LogoutDelivery",
    "MFAChallenge",
    "MetadataDocument",
    "Passkey",
    "Profile",
    "PushedRequest",
    "RecoveryCode",
    "Refusal",
    "RelyingPartySession",
    "ScopeRequest",
    "SecurityEvent",
    "SecurityNotice",
    "ServiceToken",
    "SigningKey",
    "TOTPFactor",
    "Token",
    "TrustedIssuer",
    "UnreadableSeed",
    "Usage",
    "UsedIdentifier",
]
