"""The rows: applications, grants and the little that lies under them."""

from oauthcore.models.applications import Application
from oauthcore.models.client_secrets import ClientSecret
from oauthcore.models.codes import AuthorizationCode
from oauthcore.models.consents import AnsweredPage, Consent
from oauthcore.models.grants import Grant
from oauthcore.models.legacy_use import LegacyUse
from oauthcore.models.limits import LimitWindow
from oauthcore.models.logos import ApplicationLogo
from oauthcore.models.notices import ExpiryNotice, ReplayNotice
from oauthcore.models.profiles import GRANT_TYPES_OF_TODAY, GrantType, LegacySwitch, Profile
from oauthcore.models.refusals import Refusal
from oauthcore.models.scope_requests import ScopeRequest
from oauthcore.models.security_events import SecurityEvent
from oauthcore.models.service_tokens import ServiceToken
from oauthcore.models.tokens import Issued, Token
from oauthcore.models.usage import Usage

__all__ = [
    "GRANT_TYPES_OF_TODAY",
    "AnsweredPage",
    "Application",
    "ApplicationLogo",
    "AuthorizationCode",
    "ClientSecret",
    "Consent",
    "ExpiryNotice",
    "Grant",
    "GrantType",
    "Issued",
    "LegacySwitch",
    "LegacyUse",
    "LimitWindow",
    "Profile",
    "Refusal",
    "ReplayNotice",
    "ScopeRequest",
    "SecurityEvent",
    "ServiceToken",
    "Token",
    "Usage",
]
