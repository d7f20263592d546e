"""The admin: what staff look after. Django finds it by itself where ``django.contrib.admin`` is installed."""

from oauthcore.admin.applications import ApplicationAdmin
from oauthcore.admin.consents import ConsentAdmin
from oauthcore.admin.grants import GrantAdmin
from oauthcore.admin.scope_requests import ScopeRequestAdmin
from oauthcore.admin.second_factors import SecondFactorAdmin
from oauthcore.admin.security_events import SecurityEventAdmin
from oauthcore.admin.service_tokens import ServiceTokenAdmin

__all__ = [
    "ApplicationAdmin",
    "ConsentAdmin",
    "GrantAdmin",
    "ScopeRequestAdmin",
    "SecondFactorAdmin",
    "SecurityEventAdmin",
    "ServiceTokenAdmin",
]
