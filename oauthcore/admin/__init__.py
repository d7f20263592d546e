"""The admin screens for staff. Django finds it by itself where ``django.contrib.admin`` is installed."""

from oauthcore.admin.applications.applications import ApplicationAdmin
from oauthcore.admin.applications.initial_access_tokens import InitialAccessTokenAdmin
from oauthcore.admin.applications.logout_deliveries import LogoutDeliveryAdmin
from oauthcore.admin.applications.scope_requests import ScopeRequestAdmin
from oauthcore.admin.applications.trusted_issuers import IssuerSubjectAdmin, TrustedIssuerAdmin
from oauthcore.admin.events.security_events import SecurityEventAdmin
from oauthcore.admin.grants.consents import ConsentAdmin
from oauthcore.admin.grants.grants import GrantAdmin
from oauthcore.admin.keys.signing_keys import SigningKeyAdmin
from oauthcore.admin.people.second_factors import SecondFactorAdmin
from oauthcore.admin.service_tokens.service_tokens import ServiceTokenAdmin

__all__ = [
    "ApplicationAdmin",
    "ConsentAdmin",
    "GrantAdmin",
    "InitialAccessTokenAdmin",
    "IssuerSubjectAdmin",
    "LogoutDeliveryAdmin",
    "ScopeRequestAdmin",
    "SecondFactorAdmin",
    "SecurityEventAdmin",
    "ServiceTokenAdmin",
    "SigningKeyAdmin",
    "TrustedIssuerAdmin",
]
