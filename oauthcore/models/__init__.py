"""The rows: applications, grants and the little that lies under them."""

from oauthcore.models.applications import Application, GrantType
from oauthcore.models.client_secrets import ClientSecret
from oauthcore.models.codes import AuthorizationCode
from oauthcore.models.consents import AnsweredPage, Consent
from oauthcore.models.grants import Grant
from oauthcore.models.limits import LimitWindow
from oauthcore.models.security_events import SecurityEvent
from oauthcore.models.tokens import Issued, Token
from oauthcore.models.usage import Usage

__all__ = [
    "AnsweredPage",
    "Application",
    "AuthorizationCode",
    "ClientSecret",
    "Consent",
    "Grant",
    "GrantType",
    "Issued",
    "LimitWindow",
    "SecurityEvent",
    "Token",
    "Usage",
]
